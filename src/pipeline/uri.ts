import { FORMATS, type Format } from '../codecs/codec.js';
import { COMPRESSIONS, type Compression } from '../endpoints/kafka/records/compression-names.js';
import type { RecordType } from '../endpoints/kafka/records/record-type.js';
import { type ListenAddress, parseListenAddress } from '../endpoints/listen-address.js';
import { UsageError } from '../records/errors.js';
import { parseSize } from '../records/parse-size.js';
import { parseDuration } from '../records/time/duration.js';
import { hasPassword, masked } from '../records/uri-password.js';
import { type TcpListenUri, type TcpUri, tcpListenOf, tcpOf } from './tcp-uri.js';
import { onlyKnown } from './uri-query.js';

/** Where records come from or go to. */
export type Uri =
  | { readonly kind: 'stdio' }
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'topics';
      /** Names; one with a * stands for all that fit, and so does a regular expression, which begins with ^. */
      readonly topics: readonly string[];
      /** The format of its values. */
      readonly format?: Format;
      /** How record batches that are written are compressed. */
      readonly compression?: Compression;
      /** What tells the records that are read, or written, from others of the topic. */
      readonly type?: RecordType;
    }
  | {
      /** Events that are posted to this machine. */
      readonly kind: 'http';
      readonly address: ListenAddress;
      /** Bytes of a body, and of all bodies that wait. */
      readonly maxBody?: number;
      readonly maxQueue?: number;
      /** Milliseconds that a request waits. */
      readonly maxWait?: number;
    }
  | TcpUri
  | TcpListenUri
  | { readonly kind: 'store'; readonly scheme: StoreScheme; readonly address: string; readonly table?: string };

export type TopicsUri = Uri & { kind: 'topics' };
export type HttpUri = Uri & { kind: 'http' };

export const STORE_SCHEMES = ['sqlite', 'mysql', 'cassandra'] as const;
export type StoreScheme = (typeof STORE_SCHEMES)[number];

const NAMED: Readonly<Record<StoreScheme, string>> = { sqlite: 'file', mysql: 'server', cassandra: 'server' };
const EXAMPLES: Readonly<Record<StoreScheme, string>> = {
  sqlite: 'sqlite:freshet.db#yt_daily',
  mysql: 'mysql://user@host/yt#yt_daily',
  cassandra: 'cassandra://host/freshet#yt_daily',
};

/** Schemes that have a place in the grammar but no adapter yet. */
const LATER = ['parquet', 's3'];

/**
 * Reads a word of `--from`, `--to` or `--dead`: `-`, a path, `kafka:TOPIC[,TOPIC…][?NAME=VALUE&…]`,
 * `http-listen:HOST:PORT[?max-body=SIZE&max-queue=SIZE&max-wait=DURATION]`, `tcp:…`, `tcp-listen:…`, `sqlite:FILE[#TABLE]`, `mysql://…[#TABLE]` or
 * `cassandra://…[#TABLE]`. A word with a scheme is a URI, anything else a path.
 */
export function parseUri(word: string): Uri {
  if (word === '-') return { kind: 'stdio' };
  const scheme = /^([a-z][a-z0-9+-]*):/.exec(word)?.[1];
  if (scheme === undefined) return { kind: 'path', path: word };
  refuseLogin(scheme, word);
  const store = STORE_SCHEMES.find((one) => one === scheme);
  if (store !== undefined) {
    const rest = word.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, '');
    // A password may have one, too.
    const login = /^\/\/[^/?]*@/.exec(rest)?.[0].length ?? 0;
    const mark = rest.indexOf('#', Math.max(login, rest.lastIndexOf('#')));
    const address = mark < 0 ? rest : rest.slice(0, mark);
    const table = mark < 0 ? undefined : rest.slice(mark + 1);
    if (address === '')
      throw new UsageError(`${masked(word)} names no ${NAMED[store]}`, `For example: ${EXAMPLES[store]}`);
    if (table === '')
      throw new UsageError(`${masked(word)} names no table`, 'Leave the # away, or name a table behind it.');
    return { kind: 'store', scheme: store, address, ...(table === undefined ? {} : { table }) };
  }
  if (scheme === 'kafka') return topicsOf(word);
  if (scheme === 'http-listen') return httpOf(word);
  if (scheme === 'tcp') return tcpOf(word);
  if (scheme === 'tcp-listen') return tcpListenOf(word);
  if (scheme === 'file') return { kind: 'path', path: word.slice(5).replace(/^\/\/(?=\/)/, '') };
  const known = LATER.includes(scheme)
    ? `${scheme}: is not supported by this version`
    : `${scheme}: is no known scheme`;
  throw new UsageError(
    `${masked(word)}: ${known}`,
    `Known are kafka:, http-listen:, tcp:, tcp-listen:, ${STORE_SCHEMES.map((one) => `${one}:`).join(', ')} and plain paths; a path with a colon is written ./${masked(word)}.`,
  );
}

function httpOf(word: string): HttpUri {
  const [address = '', query = ''] = word.slice('http-listen:'.length).replace(/^\/\//, '').split('?', 2);
  const given = new URLSearchParams(query);
  onlyKnown(word, given, ['max-body', 'max-queue', 'max-wait']);
  const parsed = <T>(name: string, parse: (text: string, what: string) => T): T | undefined => {
    const text = given.get(name);
    return text === null ? undefined : parse(text, name);
  };
  const [maxBody, maxQueue] = [parsed('max-body', parseSize), parsed('max-queue', parseSize)];
  const maxWait = parsed('max-wait', parseDuration);
  return {
    kind: 'http',
    address: parseListenAddress(address, 'http-listen:'),
    ...(maxBody === undefined ? {} : { maxBody }),
    ...(maxQueue === undefined ? {} : { maxQueue }),
    ...(maxWait === undefined ? {} : { maxWait }),
  };
}

/** A word of a command that reads topics alone: a bare word is a topic, too. */
export function topicsOfWord(word: string): readonly string[] {
  const uri = word.startsWith('kafka:') ? word : `kafka:${word}`;
  refuseLogin('kafka', uri);
  const { topics, kind, ...options } = topicsOf(uri);
  const [option] = Object.keys(options);
  if (option === undefined) return topics;
  throw new UsageError(
    `${word}: records are shown as they are, whatever they are`,
    'Leave the ? and what follows away.',
  );
}

/** What a scheme has in place of a user and a password: without them a word may be shown as it is. */
const LOGINS: Readonly<Record<string, string>> = {
  kafka: 'Write kafka:TOPIC, and name brokers by KAFKA_BROKERS, users by KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.',
  'http-listen': 'Write http-listen:HOST:PORT.',
  tcp: 'Write tcp:HOST:PORT.',
  'tcp-listen': 'Write tcp-listen:HOST:PORT.',
  sqlite: 'Write sqlite:FILE#TABLE.',
  file: 'Write the path alone.',
};

function refuseLogin(scheme: string, word: string): void {
  const next = LOGINS[scheme];
  if (next === undefined || !hasPassword(word)) return;
  throw new UsageError(`${masked(word)}: ${scheme}: takes no user and password`, next);
}

function topicsOf(word: string): TopicsUri {
  const rest = word.slice('kafka:'.length);
  const mark = rest.indexOf('?');
  const topics = (mark < 0 ? rest : rest.slice(0, mark)).split(',').filter((topic) => topic !== '');
  if (topics.length === 0) throw new UsageError(`${word} names no topic`, 'For example: kafka:yt_raw_harvest');
  const wrong = topics.find((topic) => !topic.startsWith('^') && !/^[\w.*-]{1,249}$/.test(topic));
  if (wrong !== undefined) {
    const slashes = wrong.startsWith('//');
    throw new UsageError(
      `${word}: ${wrong} is no name of a topic`,
      slashes
        ? 'Brokers are named by --brokers or KAFKA_BROKERS: write kafka:TOPIC.'
        : "Letters, digits, '.', '_' and '-' are allowed.",
    );
  }
  return { kind: 'topics', topics, ...queryOf(word, new URLSearchParams(mark < 0 ? '' : rest.slice(mark + 1))) };
}

/** Words with those of topics that are read alike as one, in the place of the first: copies share all of them. */
export function joinTopics(words: readonly string[]): string[] {
  const topicsOfQuery = new Map<string, string[]>();
  const parts = words.map((word) => {
    const [, topics, query = ''] = /^kafka:([^?]*)(.*)$/.exec(word) ?? [];
    if (topics === undefined) return () => [word];
    const known = topicsOfQuery.get(query);
    if (known !== undefined) {
      known.push(topics);
      return () => [];
    }
    const all = [topics];
    topicsOfQuery.set(query, all);
    return () => [`kafka:${all.join(',')}${query}`];
  });
  return parts.flatMap((part) => part());
}

const OPTIONS = ['format', 'compression', 'key', 'header'];

function queryOf(word: string, query: URLSearchParams): Pick<TopicsUri, 'format' | 'compression' | 'type'> {
  onlyKnown(word, query, OPTIONS);
  const type = typeOf(word, query.get('key'), query.get('header'));
  const format = oneOf(FORMATS, query.get('format'), word, 'format');
  const compression = oneOf(COMPRESSIONS, query.get('compression'), word, 'compression');
  return {
    ...(format === undefined ? {} : { format }),
    ...(compression === undefined ? {} : { compression }),
    ...(type === undefined ? {} : { type }),
  };
}

function typeOf(word: string, key: string | null, header: string | null): RecordType | undefined {
  if (key === null && header === null) return undefined;
  const colon = header?.indexOf(':') ?? 0;
  if (header !== null && colon < 1) {
    throw new UsageError(`${word}: header=${header} has no name and value`, 'Write ?header=NAME:VALUE.');
  }
  return {
    ...(key === null ? {} : { key }),
    ...(header === null ? {} : { header: { name: header.slice(0, colon), value: header.slice(colon + 1) } }),
  };
}

function oneOf<T extends string>(known: readonly T[], named: string | null, word: string, what: string): T | undefined {
  const found = known.find((one) => one === named);
  if (named === null || found !== undefined) return found;
  throw new UsageError(`${word}: ${named} is no ${what}`, `Known are ${known.join(', ')}.`);
}
