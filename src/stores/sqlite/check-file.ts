import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ServiceError, UsageError } from '../../records/errors.js';
import { openForReading, openForWriting } from './open-file.js';

/** A file is read whole to be checked; a larger one takes too long. */
const LARGEST_CHECKED = 256 * 1024 * 1024;
/** How long another program's lock is waited for. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Whether a file can be written and is sound.
 * @throws ServiceError, UsageError where it is not
 */
export async function checkFile(path: string): Promise<string> {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return checkFolder(path);
  const database = await openForWriting(path, false, BUSY_TIMEOUT_MS);
  database.close();
  const reader = await openForReading(path, BUSY_TIMEOUT_MS);
  try {
    const [[version]] = reader.select('SELECT sqlite_version() AS version', ['version']);
    const [[tables]] = reader.select("SELECT count(*) AS tables FROM sqlite_schema WHERE type = 'table'", ['tables']);
    const size = `${(file.size / 1e6).toFixed(1)} MB`;
    const about = `SQLite ${version}, ${size}, ${tables} ${tables === 1 ? 'table' : 'tables'}, can be written`;
    if (file.size > LARGEST_CHECKED) return `${about}; too large to be checked whole`;
    const problems = reader.select('SELECT quick_check AS problem FROM pragma_quick_check(3)', ['problem']);
    if (problems.length === 1 && problems[0]?.[0] === 'ok') return `${about}, sound`;
    throw new ServiceError(
      `${path} is damaged: ${problems.map(([problem]) => problem).join('; ')}`,
      'Take it out of the way: what is read again from its source makes it anew.',
    );
  } finally {
    reader.close();
  }
}

function checkFolder(path: string): string {
  const folder = dirname(resolve(path));
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`${path} is not there, and ${folder} can't be written`, 'Name another place.', { cause });
  }
  return 'not there yet; it can be made';
}
