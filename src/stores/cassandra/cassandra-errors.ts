import { FreshetError, ServiceError, UsageError } from '../../records/errors.js';
import { isSystemAway, messageOf, whySystemAway } from '../system-errors.js';
import type { CassandraAddress } from './address.js';

/**
 * What an error calls for. `away`: no node can be reached, or not as many replicas as have to agree; it is tried again.
 * `busy`: other writers were in the way, or the cluster has too much to do; as well. `data`: a row is refused.
 */
export type Trouble = 'away' | 'busy' | 'data' | 'other';

/** Codes of the server's errors (CQL binary protocol v5, section 8). */
const Code = {
  server: 0x0000,
  credentials: 0x0100,
  unavailable: 0x1000,
  overloaded: 0x1001,
  bootstrapping: 0x1002,
  truncating: 0x1003,
  writeTimeout: 0x1100,
  readTimeout: 0x1200,
  readFailure: 0x1300,
  writeFailure: 0x1500,
  casUnknown: 0x1700,
  unauthorized: 0x2100,
  invalid: 0x2200,
} as const;

const AWAY: ReadonlySet<number> = new Set([Code.unavailable, Code.bootstrapping]);
const BUSY: ReadonlySet<number> = new Set([
  Code.overloaded,
  Code.truncating,
  Code.writeTimeout,
  Code.readTimeout,
  Code.readFailure,
  Code.writeFailure,
  Code.casUnknown,
]);
/** Names of the driver's own errors: sockets are its business. */
const DRIVER_AWAY = new Set(['NoHostAvailableError', 'OperationTimedOutError', 'DriverInternalError']);

export function troubleOf(error: unknown): Trouble {
  if (error instanceof FreshetError || !(error instanceof Error)) return 'other';
  const code = codeOf(error);
  if (code !== undefined) {
    if (AWAY.has(code)) return 'away';
    if (BUSY.has(code)) return 'busy';
    return code === Code.invalid ? 'data' : 'other';
  }
  if (error.name === 'BusyConnectionError') return 'busy';
  const isLogin = innerErrors(error).some(({ name }) => name === 'AuthenticationError');
  if (isLogin) return 'other';
  return DRIVER_AWAY.has(error.name) || isOfSocket(error) || isSystemAway(error) ? 'away' : 'other';
}

/** Whether what was asked for may have been done all the same: its answer is what was lost. */
export function isUnknown(error: unknown): boolean {
  const trouble = troubleOf(error);
  if (trouble !== 'away' && trouble !== 'busy') return false;
  const code = codeOf(error);
  return code === undefined || (code !== Code.unavailable && code !== Code.overloaded && code !== Code.bootstrapping);
}

/** Whether a node does not know a table that others know, or has no place for its rows yet. */
export function isUnknownTable(error: unknown): boolean {
  const isUnplaced = codeOf(error) === Code.server && /Unknown CF/.test(messageOf(error));
  return isUnplaced || (codeOf(error) === Code.invalid && /unconfigured table|does not exist/.test(messageOf(error)));
}

/** Why the cluster can't do it, in a few words. */
export function whyAway(error: unknown): string {
  const [inner] = innerErrors(error);
  const found = inner ?? error;
  if (isSystemAway(found)) return whySystemAway(found);
  if (found instanceof Error && found.name === 'OperationTimedOutError') return 'no answer';
  if (codeOf(found) === Code.unavailable) return `too few replicas are up: ${messageOf(found)}`;
  if (isOfSocket(found)) return 'the connection is lost';
  if (inner !== undefined || !(found instanceof Error) || found.name !== 'NoHostAvailableError')
    return messageOf(found);
  return /could be resolved/.test(found.message) ? 'the name of the server is not known' : 'no node answers';
}

/** What the server says of a row that it refuses. */
export function refusalOf(error: unknown): string {
  return `the server refuses it: ${messageOf(error)}`;
}

/**
 * An error as a sentence that names the cluster; other errors are given back as they are.
 * @param doing before anything is written, what the user has named wrongly is wrong usage
 */
export function cassandraError(error: unknown, address: CassandraAddress, doing: 'open' | 'use'): unknown {
  if (error instanceof FreshetError || !isOfCassandra(error)) return error;
  const { shown, user, password } = address;
  const cause = { cause: error };
  const fail = (sentence: string, next?: string): FreshetError =>
    doing === 'open' ? new UsageError(sentence, next, cause) : new ServiceError(sentence, next, cause);
  const all = [error, ...innerErrors(error)];
  if (
    all.some((one) => codeOf(one) === Code.credentials || (one instanceof Error && one.name === 'AuthenticationError'))
  ) {
    return fail(
      user === undefined
        ? `${shown} wants to know who you are`
        : `${shown} does not let ${user} in ${password === undefined ? 'without a password' : 'with that password'}`,
      user === undefined
        ? 'Name a user in the URI: cassandra://USER@HOST/KEYSPACE, with CASSANDRA_PASSWORD.'
        : 'Check the user and CASSANDRA_PASSWORD.',
    );
  }
  if (codeOf(error) === Code.unauthorized)
    return fail(`${shown}: ${messageOf(error)}`, 'Grant it, or name another user.');
  const certificate = all.find((one) => /certificate|self.signed|altname/i.test(messageOf(one)));
  if (certificate !== undefined && codeOf(error) === undefined) {
    return fail(
      `the certificate of ${shown} is not accepted: ${messageOf(certificate)}`,
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
      return fail(`${shown} refuses it: ${messageOf(error)}`);
    default:
      return new ServiceError(`${shown} fails: ${messageOf(error)}`, undefined, cause);
  }
}

/** The server's code of an error; undefined where the error is not the server's. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

/** Of a connection that ended while an answer was waited for. */
function isOfSocket(error: unknown): boolean {
  return error instanceof Error && 'isSocketError' in error && error.isSocketError === true;
}

/** What each node that was tried has said. */
function innerErrors(error: unknown): Error[] {
  if (!(error instanceof Error) || !('innerErrors' in error)) return [];
  const { innerErrors: inner } = error;
  return typeof inner === 'object' && inner !== null ? Object.values(inner).filter((one) => one instanceof Error) : [];
}

function isOfCassandra(error: unknown): boolean {
  return (
    codeOf(error) !== undefined || troubleOf(error) !== 'other' || innerErrors(error).length > 0 || isOfDriver(error)
  );
}

function isOfDriver(error: unknown): boolean {
  return (
    error instanceof Error && ['AuthenticationError', 'ArgumentError', 'NoHostAvailableError'].includes(error.name)
  );
}
