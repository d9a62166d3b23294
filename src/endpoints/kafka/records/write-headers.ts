import type { RecordHeader } from '../../../records/batch.js';

/** Headers as a record has them: a count, and then names and values. */
export function writeHeaders(headers: readonly RecordHeader[]): Uint8Array {
  const parts: Uint8Array[] = [zigzag(headers.length)];
  for (const { name, value } of headers) {
    const text = Buffer.from(name);
    parts.push(zigzag(text.length), text, zigzag(value?.length ?? -1), value ?? NOTHING);
  }
  return Buffer.concat(parts);
}

const NOTHING = new Uint8Array(0);

/** A number of variable length with its sign in the lowest bit. */
function zigzag(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
