import { FreshetError, ServiceError, UsageError } from '../../records/errors.js';
import { isSystemAway, messageOf, whySystemAway } from '../system-errors.js';
import type { MysqlAddress } from './address.js';
import { codeOf, numberOf } from './connection.js';

/**
 * What an error calls for. `away`: the server can't be reached, or is not there for writers now; it is tried again.
 * `locked`: another transaction was in the way; this one is done again. `data`: one of the rows is refused.
 */
export type Trouble = 'away' | 'locked' | 'data' | 'other';

/** Numbers of MySQL's and MariaDB's server errors ("Server Error Message Reference"). */
const Server = {
  accessDenied: 1045,
  databaseDenied: 1044,
  noDatabase: 1049,
  noPrivilege: 1142,
  noTable: 1146,
} as const;

const AWAY = new Set([
  1037, // out of memory
  1040, // too many connections
  1053, // shutdown in progress
  1152, // aborted connection
  1203, // too many connections of this user
  1290, // read-only, such as a replica before it is promoted
  1836, // running in read-only mode
  1021, // disk full
  1114, // the table is full
  1927, // connection killed
  3098, // a group replication member that is not ready
  4031, // disconnected because it was idle
]);

const LOCKED = new Set([
  1205, // lock wait timeout
  1213, // deadlock
  3572, // lock that is not waited for
]);

/** What the server says of a value, or of a row, that its table does not take. */
const DATA = new Set([
  1048, 1062, 1263, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 1411, 1452, 1525, 1526, 1586, 1644, 1690, 1748, 3140,
  3141, 3156, 3157, 3616, 3617, 3618, 3819, 3903, 4025, 4161,
]);

/** mysql2's word for a connection that has ended. */
const CONNECTION_LOST = 'PROTOCOL_CONNECTION_LOST';

export function troubleOf(error: unknown): Trouble {
  if (error instanceof FreshetError) return 'other';
  const number = numberOf(error);
  if (number !== undefined && LOCKED.has(number)) return 'locked';
  if (number !== undefined && AWAY.has(number)) return 'away';
  if (number !== undefined && DATA.has(number)) return 'data';
  return isLost(error) ? 'away' : 'other';
}

/** True where the user may not do what was asked for. */
export function isDenied(error: unknown): boolean {
  const number = numberOf(error);
  return number === Server.noPrivilege || number === Server.databaseDenied;
}

/** True where the connection is no more: whatever was begun on it is rolled back, or will be. */
export function isLost(error: unknown): boolean {
  if (isSystemAway(error) || codeOf(error) === CONNECTION_LOST) return true;
  // What mysql2 says of whatever it is asked on a connection that has ended.
  return error instanceof Error && 'fatal' in error && error.fatal === true && numberOf(error) === undefined;
}

/** Why the server is away, in a few words. */
export function whyAway(error: unknown): string {
  return codeOf(error) === CONNECTION_LOST ? 'the connection is lost' : whySystemAway(error);
}

/** What the server says of a row that it refuses, without the number that the row had in its statement. */
export function refusalOf(error: unknown): string {
  return `the server refuses it: ${messageOf(error).replace(/ at row \d+$/, '')}`;
}

/**
 * An error as a sentence that names the server; other errors are given back as they are.
 * @param doing before anything is written, what the user has named wrongly is wrong usage
 */
export function mysqlError(error: unknown, address: MysqlAddress, doing: 'open' | 'use'): unknown {
  if (error instanceof FreshetError || codeOf(error) === undefined) return error;
  const { shown, user, password, database } = address;
  const cause = { cause: error };
  const fail = (sentence: string, next?: string): FreshetError =>
    doing === 'open' ? new UsageError(sentence, next, cause) : new ServiceError(sentence, next, cause);
  switch (numberOf(error)) {
    case Server.accessDenied:
      return fail(
        `${shown} does not let ${user} in ${password === undefined ? 'without a password' : 'with that password'}`,
        password === undefined ? 'Set MYSQL_PWD.' : 'Check the user and MYSQL_PWD, or the password in the URI.',
      );
    case Server.databaseDenied:
      return fail(
        `${user} may not use the database ${database} of ${shown}`,
        `Let them: GRANT ALL ON ${database}.* TO …`,
      );
    case Server.noDatabase:
      return fail(`${shown}: there is no database ${database}`, `Make it: CREATE DATABASE ${database};`);
    case Server.noPrivilege:
      return fail(`${shown}: ${messageOf(error)}`, 'Grant it, or name another user.');
    case Server.noTable:
      return fail(`${shown}: ${messageOf(error)}`, 'What was committed so far stands.');
  }
  if (codeOf(error) === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return fail(`${shown} does not encrypt connections`, 'Set it up there, or give ssl-mode=DISABLED.');
  }
  if (codeOf(error) === 'HANDSHAKE_SSL_ERROR' || /certificate/i.test(messageOf(error))) {
    return fail(
      `the certificate of ${shown} is not accepted: ${messageOf(error)}`,
      'Name the authority that signed it with ssl-ca=FILE.',
    );
  }
  switch (troubleOf(error)) {
    case 'away':
      return new ServiceError(
        `${shown} can't be reached: ${whyAway(error)}`,
        'Check that the server runs and that this is its address.',
        cause,
      );
    case 'data':
      return new ServiceError(`${shown} ${refusalOf(error)}`, undefined, cause);
    default:
      return new ServiceError(`${shown} fails: ${messageOf(error)}`, undefined, cause);
  }
}
