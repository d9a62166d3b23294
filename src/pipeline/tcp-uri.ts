import { type ListenAddress, parseListenAddress } from '../endpoints/listen-address.js';
import { parseTcpAddress } from '../endpoints/tcp/tcp-address.js';
import { UsageError } from '../records/errors.js';
import { parseDuration } from '../records/time/duration.js';
import { onlyKnown } from './uri-query.js';

/** A connection to where another program listens. */
export interface TcpUri {
  readonly kind: 'tcp';
  readonly address: ListenAddress;
  /** Milliseconds that are waited for somebody who listens. */
  readonly wait?: number;
}

/** A port of this machine that others connect to. */
export interface TcpListenUri {
  readonly kind: 'tcp-listen';
  readonly address: ListenAddress;
  /** As a source: it ends when its first client has left. */
  readonly once?: boolean;
  /** As a sink: rows wait until so many clients are connected. */
  readonly minClients?: number;
  /** As a sink: milliseconds that a client may take nothing. */
  readonly maxWait?: number;
}

/** Reads `tcp:HOST:PORT[?wait=DURATION]`. @throws UsageError */
export function tcpOf(word: string): TcpUri {
  const { address, query } = split(word);
  onlyKnown(word, query, ['wait']);
  const wait = query.get('wait');
  return {
    kind: 'tcp',
    address: parseTcpAddress(address, word),
    ...(wait === null ? {} : { wait: parseDuration(wait, 'wait') }),
  };
}

/** Reads `tcp-listen:[HOST:]PORT[?once]`, or `[?min-clients=N&max-wait=DURATION]` of an output. @throws UsageError */
export function tcpListenOf(word: string): TcpListenUri {
  const { address, query } = split(word);
  onlyKnown(word, query, ['once', 'min-clients', 'max-wait']);
  const [once, clients, wait] = [query.get('once'), query.get('min-clients'), query.get('max-wait')];
  if (once !== null && once !== '') throw new UsageError(`${word}: once takes no value`, 'Write ?once.');
  if (clients !== null && !/^\d{1,3}$/.test(clients)) {
    throw new UsageError(`${word}: min-clients=${clients} is no number of clients`, 'Write ?min-clients=1.');
  }
  return {
    kind: 'tcp-listen',
    address: parseListenAddress(address, 'tcp-listen:'),
    ...(once === null ? {} : { once: true }),
    ...(clients === null ? {} : { minClients: Number(clients) }),
    ...(wait === null ? {} : { maxWait: parseDuration(wait, 'max-wait') }),
  };
}

/** Refuses options of the other end. @throws UsageError */
export function refuseOptions(word: string, uri: TcpListenUri, end: 'from' | 'to'): void {
  const { once, minClients, maxWait } = uri;
  if (end === 'to' && once !== undefined) {
    throw new UsageError(`--to ${word}: once is of an input`, 'Leave it away: an output ends with its input.');
  }
  if (end === 'from' && (minClients !== undefined || maxWait !== undefined)) {
    throw new UsageError(`--from ${word}: min-clients and max-wait are of an output`, 'An input may say ?once.');
  }
}

function split(word: string): { address: string; query: URLSearchParams } {
  const [address = '', query = ''] = word
    .slice(word.indexOf(':') + 1)
    .replace(/^\/\//, '')
    .split('?', 2);
  return { address, query: new URLSearchParams(query) };
}
