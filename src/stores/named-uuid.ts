import { createHash } from 'node:crypto';

/**
 * A UUID that a name alone gives, in a space of names: the same one each time (RFC 9562, version 8 as its appendix B.2
 * makes it of SHA-256).
 */
export function namedUuid(space: Uint8Array, name: string): string {
  const bytes = createHash('sha256').update(space).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
