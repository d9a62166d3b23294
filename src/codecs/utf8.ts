import { isUtf8 } from 'node:buffer';

/** Longer texts are left to native code: below, a short loop is sooner done than a call. */
const SHORT = 64;

/** True where [start, end) is valid UTF-8. */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
  return isShortAscii(bytes, start, end) || isUtf8(bytes.subarray(start, end));
}

/** The text of [start, end), which is valid UTF-8. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  const encoding = isShortAscii(bytes, start, end) ? 'latin1' : 'utf8';
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(encoding);
}

function isShortAscii(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > SHORT) return false;
  let bits = 0;
  for (let at = start; at < end; at++) bits |= bytes[at];
  return bits < 0x80;
}
