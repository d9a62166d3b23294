import { fstatSync, type Stats, statSync } from 'node:fs';

/** What tells a regular file from every other, whatever path leads to it; undefined for all else. */
export function fileIdentity(file: number | string): string | undefined {
  const stats = typeof file === 'number' ? fstatSync(file) : statsOf(file);
  return stats?.isFile() ? `${stats.dev}:${stats.ino}` : undefined;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A part of the path is no folder: there is no such file either.
    return undefined;
  }
}
