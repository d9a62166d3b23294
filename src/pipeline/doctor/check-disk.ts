import { statfs } from 'node:fs/promises';
import type { Check } from './check.js';

const GIGABYTE = 1e9;
/** Less than this is soon full. */
const LEAST = 0.5;

/** Room in the current folder, where stores and dead letters are made. */
export function checkDisk(folder: string): Check {
  const at = { what: 'disk', where: folder };
  return {
    ...at,
    run: async () => {
      const { bavail, blocks, bsize } = await statfs(folder);
      const [free, all] = [(bavail * bsize) / GIGABYTE, (blocks * bsize) / GIGABYTE];
      const says = `${free.toFixed(1)} GB free of ${all.toFixed(1)} GB`;
      if (free >= LEAST) return [{ ...at, state: 'ok', says }];
      return [{ ...at, state: 'wrong', says, next: 'Make room, or work in a folder on another disk.' }];
    },
  };
}
