import { statSync } from 'node:fs';

/** Whether a path leads to a pipe: to open one as a file is opened waits for its other end, and signals with it. */
export function isNamedPipe(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  } catch {
    // A part of the path is no folder.
    return false;
  }
}
