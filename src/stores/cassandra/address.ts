import { UsageError } from '../../records/errors.js';
import { masked } from '../../records/uri-password.js';
import { decoded, fileOf, parametersOf } from '../address-parts.js';

/** Where a keyspace is, and how to get in. */
export interface CassandraAddress {
  /** What errors call it: the URI without password and parameters. */
  readonly shown: string;
  /** As HOST:PORT: the others are found through any of them. */
  readonly hosts: readonly string[];
  readonly keyspace: string;
  readonly user?: string;
  readonly password?: string;
  /** The data centre whose nodes are asked; absent: all are. */
  readonly datacenter?: string;
  /** Whose replicas have to agree: a majority of all, or of those in the data centre. */
  readonly quorum: 'all' | 'local';
  readonly tls?: Tls;
}

/** How connections are encrypted. Certificates are PEM texts. */
export interface Tls {
  /** What is checked of a node's certificate: nothing, who signed it, or the node's address besides. */
  readonly check: 'nothing' | 'authority' | 'address';
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const PORT = 9042;
const PARAMETERS = ['datacenter', 'quorum', 'ssl', 'ssl-ca', 'ssl-cert', 'ssl-key'] as const;
const EXAMPLE = 'For example: cassandra://127.0.0.1/freshet#yt_daily';
/** `//[USER[:PASSWORD]@]HOSTS[/KEYSPACE][?PARAMETERS]`; what is in front of the last @ is not looked into. */
const FORM = /^\/\/(?:([^?]*)@)?([^/?@]*)(?:\/([^?@]*))?(?:\?(.*))?$/s;

/**
 * Reads what stands behind `cassandra:`: `//[USER[:PASSWORD]@]HOST[:PORT][,HOST[:PORT]]…/KEYSPACE[?PARAMETERS]`. The
 * password is CASSANDRA_PASSWORD unless it is given.
 * @throws UsageError
 */
export function parseAddress(address: string, environment: NodeJS.ProcessEnv = process.env): CassandraAddress {
  const parts = FORM.exec(address);
  const hosts = (parts?.[2] ?? '').split(',').filter((host) => host !== '');
  if (parts === null || hosts.length === 0) {
    throw new UsageError('a cassandra: URI names a server and a keyspace', EXAMPLE);
  }
  const [, login = '', , path = '', query = ''] = parts;
  const colon = login.indexOf(':');
  const user = decoded(colon < 0 ? login : login.slice(0, colon));
  const password = (colon < 0 ? '' : decoded(login.slice(colon + 1))) || environment.CASSANDRA_PASSWORD;
  const named = `cassandra://${user === '' ? '' : `${user}@`}${hosts.join(',')}`;
  const keyspace = decoded(path);
  if (keyspace === '' || keyspace.includes('/')) {
    throw new UsageError(`${masked(`cassandra:${address}`)} names no keyspace`, EXAMPLE);
  }
  const parameters = parametersOf(new URLSearchParams(query), named, PARAMETERS);
  const datacenter = parameters.get('datacenter');
  const tls = tlsOf(parameters, named);
  return {
    shown: `${named}/${keyspace}`,
    hosts: hosts.map((host) => withPort(host)),
    keyspace,
    quorum: quorumOf(parameters, named),
    ...(user === '' ? {} : { user }),
    ...(password === undefined || password === '' ? {} : { password }),
    ...(datacenter === undefined ? {} : { datacenter }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function withPort(host: string): string {
  const parts = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(host);
  const port = Number(parts?.[2] ?? PORT);
  if (parts === null || port === 0 || port > 65_535) {
    // It may be the begin of a password, and is not shown.
    throw new UsageError(
      'a cassandra: URI names each server as HOST or HOST:PORT',
      `${EXAMPLE}; in a password / ? # are written %2F %3F %23.`,
    );
  }
  return `${parts[1]}:${port}`;
}

function quorumOf(parameters: ReadonlyMap<string, string>, named: string): CassandraAddress['quorum'] {
  const word = parameters.get('quorum') ?? 'all';
  if (word !== 'all' && word !== 'local') {
    throw new UsageError(`${named}: quorum=${word} is none`, 'There are all and local: of the data centre alone.');
  }
  if (word === 'local' && !parameters.has('datacenter')) {
    throw new UsageError(`${named}: quorum=local does not say of which data centre`, 'Name it: datacenter=NAME.');
  }
  return word;
}

/** `ssl=true` encrypts, `ssl-ca` checks who signed the certificate, `ssl=verify` the node's address besides. */
function tlsOf(parameters: ReadonlyMap<string, string>, named: string): Tls | undefined {
  const ssl = parameters.get('ssl');
  if (ssl !== undefined && !['true', 'false', 'verify'].includes(ssl)) {
    throw new UsageError(`${named}: ssl=${ssl} is none`, 'There are true, false and verify.');
  }
  const files = ['ssl-ca', 'ssl-cert', 'ssl-key'].filter((name) => parameters.has(name));
  if (ssl === 'false' && files.length > 0) {
    throw new UsageError(`${named}: ssl=false leaves no use for ${files.join(' and ')}`, 'Leave one of them away.');
  }
  if (ssl === 'false' || (ssl === undefined && files.length === 0)) return undefined;
  return {
    check: ssl === 'verify' ? 'address' : parameters.has('ssl-ca') ? 'authority' : 'nothing',
    ...fileOf(parameters, 'ssl-ca', 'ca'),
    ...fileOf(parameters, 'ssl-cert', 'cert'),
    ...fileOf(parameters, 'ssl-key', 'key'),
  };
}
