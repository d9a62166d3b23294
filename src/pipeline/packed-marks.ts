import type { Value } from '../records/value.js';

/** Differences up to here are packed. */
const MOST = 2 ** 50;

/**
 * Instants of many partitions (epoch milliseconds; null: none yet) in few characters: brokers keep 4 KB beside a
 * position (offset.metadata.max.bytes). Base64url of varints, of which 0 is null and any other the zigzag difference
 * from the instant before, plus 1. What does not fit is left as it is.
 */
export function packMarks(marks: readonly (number | null)[]): string | (number | null)[] {
  const bytes: number[] = [];
  let before = 0;
  for (const mark of marks) {
    const difference = mark === null ? 0 : mark - before;
    if (!Number.isSafeInteger(mark ?? 0) || Math.abs(difference) > MOST) return [...marks];
    writeVarint(bytes, mark === null ? 0 : 1 + (difference < 0 ? -2 * difference - 1 : 2 * difference));
    before = mark ?? before;
  }
  return Buffer.from(bytes).toString('base64url');
}

/** Undefined for what packMarks() can't have given. */
export function unpackMarks(packed: Value): (number | null)[] | undefined {
  if (Array.isArray(packed)) {
    return packed.every((mark) => mark === null || typeof mark === 'number') ? packed : undefined;
  }
  if (typeof packed !== 'string') return undefined;
  const marks: (number | null)[] = [];
  let before = 0;
  let value = 0;
  let scale = 1;
  for (const byte of Buffer.from(packed, 'base64url')) {
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    const zigzag = value - 1;
    if (value > 0) before += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    marks.push(value === 0 ? null : before);
    value = 0;
    scale = 1;
  }
  return scale === 1 ? marks : undefined;
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
}
