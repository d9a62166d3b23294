import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../records/errors.js';
import { SqliteDatabase } from './database.js';
import { tableNames } from './existing-table.js';

/** How much of the file is kept in memory, in KiB: a batch of keys in any order touches most pages of an index. */
const CACHE_KIB = 32 * 1024;
/** Pages in the write-ahead log before they are moved into the file; most are then written once for several batches. */
const LOG_PAGES = 4000;

/**
 * Opens a file to write to it. A new one gets a write-ahead log, so that readers and the writer don't wait for each
 * other; one that is there keeps what it has. Each commit is on the disk when it returns, in either case.
 * @param create whether the file may be made
 */
export async function openForWriting(path: string, create: boolean, busyTimeoutMs?: number): Promise<SqliteDatabase> {
  checkPath(path, create ? 'made' : 'written');
  const database = await SqliteDatabase.open(resolve(path), path, busyTimeoutMs);
  return prepared(database, () => {
    database.exec(`PRAGMA synchronous = FULL; PRAGMA cache_size = -${CACHE_KIB}`);
    const [[pages]] = database.select('SELECT page_count FROM pragma_page_count', ['page_count']);
    if (pages === 0 && create) database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    // Says now, and not after the first rows, whether the file may be written.
    database.exec('BEGIN IMMEDIATE');
    database.exec('ROLLBACK');
  });
}

/** Opens a file that is there to read from it. */
export async function openForReading(path: string, busyTimeoutMs?: number): Promise<SqliteDatabase> {
  checkPath(path, 'read');
  const file = resolve(path);
  const open = async (name: string): Promise<SqliteDatabase> =>
    prepared(await SqliteDatabase.open(name, path, busyTimeoutMs), (database) => {
      database.exec(`PRAGMA query_only = ON; PRAGMA cache_size = -${CACHE_KIB}`);
      tableNames(database);
    });
  try {
    return await open(file);
  } catch (error) {
    // A file with a write-ahead log can't be used in a folder that can't be written. Without a log nobody writes it.
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    if (mayWrite(dirname(file)) || (log?.size ?? 0) > 0) throw error;
    return open(`${pathToFileURL(file).href}?immutable=1`);
  }
}

/** Makes the first use of an opened file, which is what finds most of what can be wrong with it. */
async function prepared(database: SqliteDatabase, use: (database: SqliteDatabase) => void): Promise<SqliteDatabase> {
  try {
    await database.whenUnlocked(() => use(database), 'open');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Looks at the path without opening it: to close a file that SQLite has open would drop SQLite's locks on it. */
function checkPath(path: string, use: 'read' | 'written' | 'made'): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new UsageError(`${path} is a folder, not a SQLite database`, 'Name a file.');
  if (found !== undefined) return;
  if (use !== 'made') {
    const next = use === 'read' ? 'Check the path.' : 'Check the path; --create makes a new database.';
    throw new UsageError(`there is no file ${path}`, next);
  }
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${path} can't be made: there is no folder ${folder}`, 'Make the folder first.');
  }
  if (!mayWrite(folder)) {
    throw new UsageError(
      `${path} can't be made: the folder ${folder} can't be written`,
      'Name a file in another folder.',
    );
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
