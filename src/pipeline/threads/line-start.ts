import { readSync } from 'node:fs';

const LINE_FEED = 10;
const LOOK = 64 * 1024;

/** The first byte of the first line that begins at `from` or behind it; undefined where none does. */
export function lineStart(fd: number, from: number): number | undefined {
  const bytes = Buffer.alloc(LOOK);
  // The byte before it says whether a line begins there.
  for (let at = from - 1; ; ) {
    const count = readSync(fd, bytes, 0, LOOK, at);
    if (count === 0) return undefined;
    const found = bytes.subarray(0, count).indexOf(LINE_FEED);
    if (found >= 0) return at + found + 1;
    at += count;
  }
}
