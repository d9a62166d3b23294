import { describe, expect, it } from 'vitest';
import { namedUuid } from '../../src/stores/named-uuid.js';

describe('namedUuid', () => {
  it('gives what RFC 9562, appendix B.2 has', () => {
    const names = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
    expect(namedUuid(names, 'www.example.com')).toBe('5c146b14-3c52-8afd-938a-375d0df1fbf6');
  });
});
