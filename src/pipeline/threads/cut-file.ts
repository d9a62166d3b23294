import { closeSync, fstatSync, openSync } from 'node:fs';
import { lineStart } from './line-start.js';

const MB = 1024 * 1024;
/** Bytes that the first thread has read when the others begin. */
const HEAD_START = 48 * MB;
/** A thread is not started for less: its start takes the CPU time of as much. */
const LEAST = 48 * MB;

/**
 * Where the shares of all threads but the first begin, ascending: lines begin there. None where the file is too small,
 * or has too long lines.
 */
export function cutFile(path: string, threads: number): number[] {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const rest = size - HEAD_START;
    const helpers = Math.min(threads, Math.floor(rest / LEAST)) - 1;
    const cuts: number[] = [];
    for (let left = helpers; left > 0; left--) {
      const cut = lineStart(fd, Math.floor(size - left * (rest / (helpers + 1))));
      if (cut !== undefined && cut > (cuts.at(-1) ?? 0)) cuts.push(cut);
    }
    return cuts;
  } finally {
    closeSync(fd);
  }
}
