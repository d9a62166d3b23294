import { describe, expect, it } from 'vitest';
import { formatAddress, parseListenAddress } from '../../src/endpoints/listen-address.js';

describe('an address to listen at', () => {
  it.each([
    ['127.0.0.1:5000', '127.0.0.1', 5000],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['localhost:0', 'localhost', 0],
    ['[::1]:5000', '::1', 5000],
    // Loopback unless told otherwise.
    ['5000', '127.0.0.1', 5000],
    [':5000', '127.0.0.1', 5000],
  ])('%s', (text, host, port) => {
    expect(parseListenAddress(text, '--listen')).toEqual({ host, port });
    expect(parseListenAddress(formatAddress({ host, port }), '--listen')).toEqual({ host, port });
  });

  it.each(['', 'here', '127.0.0.1', 'here:', 'a:70000', '::1:5000', '[here]:5000', 'http://here:5000', 'a b:1'])(
    '%j is none',
    (text) => {
      expect(() => parseListenAddress(text, '--listen')).toThrow(`--listen ${text}: no address to listen at`);
    },
  );
});
