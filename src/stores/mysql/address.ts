import { isIP } from 'node:net';
import { userInfo } from 'node:os';
import { UsageError } from '../../records/errors.js';
import { masked } from '../../records/uri-password.js';
import { decoded, fileOf, parametersOf } from '../address-parts.js';

/** How a connection is encrypted, as MySQL's own clients name it (MySQL Reference Manual, "Configuring Encryption"). */
export const SSL_MODES = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Where a database is, and how to get in. */
export interface MysqlAddress {
  /** What errors call it: the URI without password and parameters. */
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly sslMode: SslMode;
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const PARAMETERS = ['ssl', 'ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket'] as const;
const EXAMPLE = 'For example: mysql://user@host:3306/yt#yt_daily';

/**
 * Reads `//[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?PARAMETERS]`, what stands behind `mysql:`. The password is
 * MYSQL_PWD unless it is given, as for MySQL's own clients; the user is that of the system.
 * @throws UsageError
 */
export function parseAddress(address: string, environment: NodeJS.ProcessEnv = process.env): MysqlAddress {
  const url = address.startsWith('//') && URL.canParse(`mysql:${address}`) ? new URL(`mysql:${address}`) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new UsageError('a mysql: URI names a server and a database', EXAMPLE);
  }
  const user = decoded(url.username) || userInfo().username;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? 3306 : Number(url.port);
  const database = decoded(url.pathname.slice(1));
  const named = `mysql://${url.username === '' ? '' : `${user}@`}${url.host}`;
  if (database === '' || database.includes('/')) {
    // What looks like the server may be the begin of a password with a / in it.
    throw new UsageError(`${masked(`mysql:${address}`)} names no database`, EXAMPLE);
  }
  const parameters = parametersOf(url.searchParams, named, PARAMETERS);
  const password = decoded(url.password) || environment.MYSQL_PWD;
  const socket = parameters.get('socket');
  const sslMode = sslModeOf(parameters, named);
  if (sslMode === 'VERIFY_IDENTITY' && isIP(host) !== 0) {
    throw new UsageError(
      `${named}: a certificate is checked against the server's name, and ${host} is an address`,
      'Name the server, or check the certificate alone with ssl-mode=VERIFY_CA.',
    );
  }
  return {
    shown: `${named}/${database}`,
    host,
    port,
    user,
    database,
    sslMode,
    ...(password === undefined || password === '' ? {} : { password }),
    ...(socket === undefined ? {} : { socketPath: socket }),
    ...fileOf(parameters, 'ssl-ca', 'ca'),
    ...fileOf(parameters, 'ssl-cert', 'cert'),
    ...fileOf(parameters, 'ssl-key', 'key'),
  };
}

/** `ssl=true` encrypts, `ssl=verify` checks the server's certificate and name besides; `ssl-mode` says it all. */
function sslModeOf(parameters: ReadonlyMap<string, string>, named: string): SslMode {
  const word = parameters.get('ssl-mode');
  const mode = SSL_MODES.find((one) => one === word?.toUpperCase().replaceAll('-', '_'));
  if (mode !== undefined) return mode;
  if (word !== undefined) {
    throw new UsageError(`${named}: ssl-mode=${word} is none`, `There are ${SSL_MODES.join(', ')}.`);
  }
  const short: Readonly<Record<string, SslMode>> = { true: 'REQUIRED', false: 'DISABLED', verify: 'VERIFY_IDENTITY' };
  const ssl = parameters.get('ssl');
  if (ssl === undefined) return parameters.has('ssl-ca') ? 'VERIFY_CA' : 'PREFERRED';
  if (Object.hasOwn(short, ssl)) return short[ssl];
  throw new UsageError(`${named}: ssl=${ssl} is none`, 'There are true, false and verify; ssl-mode says it in full.');
}
