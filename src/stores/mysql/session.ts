import { UsageError } from '../../records/errors.js';
import type { MysqlAddress } from './address.js';
import { Connection } from './connection.js';
import { isLost, mysqlError } from './mysql-errors.js';

/** What differs between the servers. */
export interface Server {
  /** MySQL writes ROW before each row of VALUES. */
  readonly rowWord: '' | 'ROW';
  /** A collation that compares UTF-8 byte for byte and does not pad. */
  readonly collation: string;
  /** Whether a column can be left out of SELECT *. */
  readonly hidesColumns: boolean;
  /** The longest statement, in bytes. */
  readonly maxStatement: number;
  /** The setting by which a session that is silent in a transaction is ended; MySQL has but one for all that are silent. */
  readonly silence: 'idle_write_transaction_timeout' | 'wait_timeout';
}

/** How long a server may take to answer at the start: with freshet's own start that is within two seconds. */
const OPEN_WITHIN_MS = 1700;
/** How long a lock is waited for before all locks are let go and the transaction is done again. */
const LOCK_WAIT_S = 10;
/** How long a reader may pause. */
const READER_PAUSE_S = 24 * 3600;

/** A connection that statements are sent on. */
export interface Session {
  readonly connection: Connection;
  readonly server: Server;
}

/**
 * Connects, and makes the session what statements count on: values that do not fit are refused and never changed,
 * backslashes are plain characters, and times are those of UTC.
 * @throws ServiceError, UsageError and errors of mysql2, for troubleOf()
 */
export async function openSession(address: MysqlAddress): Promise<Session> {
  const connection = await Connection.open(address, OPEN_WITHIN_MS);
  try {
    const server = await serverOf(connection, address);
    const modes = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO';
    await connection.run(`SET NAMES utf8mb4 COLLATE ${server.collation}`);
    await connection.run(
      `SET SESSION sql_mode = '${modes}', time_zone = '+00:00', autocommit = 1, innodb_lock_wait_timeout = ${LOCK_WAIT_S}, net_write_timeout = ${READER_PAUSE_S}`,
    );
    return { connection, server };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** The same at the start, with errors as sentences. */
export async function openAtStart(address: MysqlAddress): Promise<Session> {
  try {
    return await openSession(address);
  } catch (error) {
    throw mysqlError(error, address, 'open');
  }
}

/** Runs `work` in a transaction, and commits it. @throws UnknownCommit where the answer to the commit was lost */
export async function inTransaction<T>({ connection }: Session, work: () => Promise<T>): Promise<T> {
  await connection.run('START TRANSACTION');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (!isLost(error)) await connection.run('ROLLBACK');
    throw error;
  }
  try {
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    throw isLost(error) ? new UnknownCommit(result, error) : error;
  }
}

/** The connection was lost after a commit was asked for: the server may have done it or not. */
export class UnknownCommit<T> extends Error {
  constructor(
    /** What the transaction has done, if it was committed. */
    readonly result: T,
    override readonly cause: unknown,
  ) {
    super('the answer to a commit was lost');
  }
}

async function serverOf(connection: Connection, { shown }: MysqlAddress): Promise<Server> {
  const [[version, packet]] = await connection.select('SELECT VERSION() AS v, @@max_allowed_packet AS p');
  const isMariadb = String(version).includes('MariaDB');
  // MariaDB may put 5.5.5- before its version, for old replicas.
  const [major = 0, minor = 0, patch = 0] = String(version)
    .replace(/^5\.5\.5-/, '')
    .split(/[.-]/)
    .map(Number);
  const number = major * 10_000 + minor * 100 + (patch || 0);
  if (number < (isMariadb ? 100_300 : 80_019)) {
    throw new UsageError(`${shown} is ${version}, which is too old`, 'MariaDB 10.3 or MySQL 8.0.19 is needed.');
  }
  return {
    rowWord: isMariadb ? '' : 'ROW',
    collation: isMariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin',
    hidesColumns: isMariadb || number >= 80_023,
    maxStatement: Number(packet),
    silence: isMariadb ? 'idle_write_transaction_timeout' : 'wait_timeout',
  };
}
