import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** Writes over a small file where it stands. @returns whether that went well */
export function overwrite(file: string, text: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r+');
    const bytes = Buffer.from(text);
    if (writeSync(fd, bytes, 0, bytes.length, 0) < bytes.length) return false;
    ftruncateSync(fd, bytes.length);
    return true;
  } catch {
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
