import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { UsageError } from '../../records/errors.js';

/** @throws UsageError where a command's first word is no program, as a shell would look for it */
export function checkProgram(word: string, cwd: string, path = process.env.PATH ?? ''): void {
  if (statsOf(cwd)?.isDirectory() !== true) throw new UsageError(`there is no folder ${cwd}`);
  const places = word.includes('/') ? [''] : path.split(delimiter);
  if (word !== '' && places.some((folder) => isProgram(resolve(cwd, folder, word)))) return;
  const isThere = word.includes('/') && statsOf(resolve(cwd, word)) !== undefined;
  throw new UsageError(isThere ? `${word} can't be run: it is no program` : `there is no program ${word || "''"}`);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Undefined for what is not there, a part of its path included. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
