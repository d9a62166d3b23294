import { FreshetError, ServiceError, UsageError } from '../../records/errors.js';

/** What was being done: before anything is written, a file that can't be had is wrong usage. */
export type Doing = 'open' | 'use';

/** Primary result codes (sqlite.org/rescode.html); the extended ones have them in their lowest byte. */
const Code = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  toobig: 18,
  constraint: 19,
  mismatch: 20,
  auth: 23,
  notadb: 26,
} as const;

/** SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log, which is made when a file is opened. */
const NO_ROOM_FOR_INDEX = 4874;

/** Rows that a table has taken and not kept: a trigger or an ON CONFLICT of its own has left them out. */
export class LeftOut extends Error {
  constructor() {
    super('the table leaves it out, by a trigger or an ON CONFLICT of its own');
  }
}

/** True for the errors that pass when another program lets go of its lock. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === Code.busy || code === Code.locked;
}

/** True for the error that a lock became, which was waited for in vain. */
export function isLock(error: unknown): boolean {
  return error instanceof ServiceError && isBusy(error.cause);
}

/** True for the error of a file that there is no room for. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof ServiceError && isFull(error.cause);
}

/** What an error says of a row that the table refuses, a sentence without a full stop; undefined for other errors. */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof LeftOut) return error.message;
  const refused = error instanceof ServiceError && isRefused(error.cause);
  return refused ? `the table refuses it: ${messageOf(error.cause)}` : undefined;
}

/** True where a text or a result would be longer than SQLite or JavaScript hold in one piece. */
export function isTooBig(error: unknown): boolean {
  if (codeOf(error) === Code.toobig) return true;
  return error instanceof Error && 'code' in error && error.code === 'ERR_STRING_TOO_LONG';
}

/** True where SQLite finds no primary key or unique index over the columns of ON CONFLICT. */
export function isNoSuchKey(error: unknown): boolean {
  return messageOf(error).includes('ON CONFLICT clause does not match');
}

/**
 * An error of SQLite as a sentence that names the file; other errors are given back as they are.
 * @param waitedMs how long a lock was waited for
 */
export function sqliteError(error: unknown, file: string, doing: Doing, waitedMs?: number): unknown {
  if (error instanceof FreshetError) return error;
  const code = codeOf(error);
  if (code === undefined) return error;
  const says = `SQLite: ${messageOf(error)}`;
  const cause = { cause: error };
  if (isFull(error)) {
    return new ServiceError(`no room to write ${file}: the disk, or the database's own limit, is full`, RERUN, cause);
  }
  switch (code) {
    case Code.busy:
    case Code.locked: {
      const waited = waitedMs === undefined ? '' : ` and did not let go for ${waitedMs / 1000} s`;
      return new ServiceError(
        `${file} is locked: another program is using it${waited}`,
        'Wait for that program and run it again: what was committed so far stands. If readers keep it locked, let them and the writer work at once: PRAGMA journal_mode = WAL.',
        cause,
      );
    }
    case Code.notadb:
      return new UsageError(`${file} is not a SQLite database`, 'Name another file, or move this one away.', cause);
    case Code.ioerr:
      return new ServiceError(`${file} can't be read or written (${says})`, `Check the disk. ${RERUN}`, cause);
    case Code.corrupt:
      return new ServiceError(
        `${file} is damaged (${says})`,
        `Restore it from a copy, or try the sqlite3 shell: sqlite3 ${file} .recover`,
        cause,
      );
    case Code.cantopen:
    case Code.perm:
    case Code.auth:
    case Code.readonly: {
      const sentence = `${file} can't be ${code === Code.readonly ? 'written' : 'opened'} (${says})`;
      const next = 'Check that the folder is there, and that you may write the file and its folder.';
      return doing === 'open' ? new UsageError(sentence, next, cause) : new ServiceError(sentence, next, cause);
    }
    case Code.constraint:
    case Code.mismatch:
      return new ServiceError(
        `a constraint of the table in ${file} refuses a row (${says})`,
        'Drop the constraint, or keep such rows out with --where.',
        cause,
      );
    default:
      return new ServiceError(`SQLite fails on ${file} (${messageOf(error)}, code ${code})`, undefined, cause);
  }
}

const RERUN = 'What was committed so far stands: make room and run it again.';

function isFull(error: unknown): boolean {
  return codeOf(error) === Code.full || rawCodeOf(error) === NO_ROOM_FOR_INDEX;
}

/** By a constraint, a trigger, or the type of a column. */
function isRefused(error: unknown): boolean {
  const code = codeOf(error);
  return code === Code.constraint || code === Code.mismatch;
}

/** SQLite's primary result code; undefined for other errors. */
function codeOf(error: unknown): number | undefined {
  const code = rawCodeOf(error);
  return code === undefined ? undefined : code & 0xff;
}

function rawCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode;
  // A file that can't be opened gives an error with the code in its text.
  const code = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message)?.[1];
  return code === undefined ? undefined : Number(code);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.startsWith('ConnectionFailed') ? 'unable to open database file' : error.message;
}
