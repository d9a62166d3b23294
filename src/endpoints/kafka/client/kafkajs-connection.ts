import Broker from 'kafkajs/src/broker/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import ConnectionPool, { type PooledConnection } from 'kafkajs/src/network/connectionPool.js';
import type { Call } from '../protocol/call.js';
import { WireReader } from '../protocol/wire-reader.js';
import { WireWriter } from '../protocol/wire-writer.js';
import { type Connection, ConnectionError, type ConnectionProblem, type ConnectionSettings } from './connection.js';
import { createFramingSocket } from './framing-socket.js';

const NO_TAGS = Buffer.of(0);
/** The key of fetch requests. */
const FETCH = 1;
/** Errors are thrown too; here they would only be told twice. */
const silent = createLogger({ level: 0, logCreator: () => () => {} });

/**
 * kafkajs' connection: sockets, TLS, SASL, the versions that a broker takes, and which answer belongs to which request.
 * What requests say is ours (protocol/), so that records stay bytes and so that versions can be used that kafkajs does
 * not know. This file alone meets kafkajs.
 */
export class KafkajsConnection implements Connection {
  readonly address: string;
  readonly #open: () => Link;
  #link: Link | undefined;
  readonly #connectTimeout: number;
  #made = 0;

  constructor(host: string, port: number, settings: ConnectionSettings) {
    this.#connectTimeout = settings.connectTimeout;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.address = address;
    this.#open = () =>
      new Link(address, host, port, settings, () => {
        this.#made++;
      });
  }

  get made(): number {
    return this.#made + (this.#made === 0 || this.#link?.isWhole === true ? 0 : 1);
  }

  async send<T>(call: Call<T>): Promise<T> {
    this.#link ??= this.#open();
    const link = this.#link;
    const begun = performance.now();
    let isConnected = false;
    try {
      const connection = await link.connected(call.apiKey);
      isConnected = true;
      this.#checkVersion(call, link.versions);
      const { payload } = await connection.send({
        request: {
          apiKey: call.apiKey,
          apiVersion: call.version,
          apiName: call.name,
          encode: async () => encoded(bodyOf(call)),
        },
        response: {
          decode: async (answer) => ({ clientSideThrottleTime: 0, payload: answer }),
          parse: async (decoded) => decoded,
        },
        ...(call.wait === undefined ? {} : { requestTimeout: call.wait + REQUEST_SPARE }),
        logResponseError: false,
      });
      const reader = new WireReader(payload);
      if (call.flexible === true && call.plainAnswer !== true) reader.tags();
      return call.decode(reader);
    } catch (error) {
      // What is wrong with a call itself is no matter of the connection.
      if (error instanceof RangeError || error instanceof TypeError) throw error;
      const translated = error instanceof ConnectionError ? error : translate(this.address, error);
      if (translated.problem !== 'unsupported') await this.#cut(link, translated);
      // A process that was stopped for a while sees that its time is over before it sees the answer.
      const isLate = performance.now() - begun > this.#connectTimeout + STOPPED_MS;
      if (!isConnected && translated.problem === 'timeout' && isLate) return this.send(call);
      throw translated;
    }
  }

  async close(): Promise<void> {
    const error = new ConnectionError(this.address, 'lost', 'it was closed');
    if (this.#link !== undefined) await this.#cut(this.#link, error);
  }

  #cut(link: Link, error: ConnectionError): Promise<void> {
    if (this.#link === link) this.#link = undefined;
    return link.cut(error);
  }

  #checkVersion({ name, apiKey, version }: Call<unknown>, versions: Broker['versions']): void {
    const known = versions?.[apiKey];
    if (known !== undefined && known.minVersion <= version && version <= known.maxVersion) return;
    const has = known === undefined ? 'none' : `${known.minVersion} to ${known.maxVersion}`;
    throw new ConnectionError(
      this.address,
      'unsupported',
      `this broker takes no ${name} request of version ${version} (it takes ${has})`,
    );
  }
}

/**
 * What is connected once. kafkajs would connect its own again, also while it still ends and takes requests that it will
 * never answer: here what comes after a cut has a link of its own.
 */
class Link {
  readonly #address: string;
  readonly #connectTimeout: number;
  readonly #onConnect: () => void;
  readonly #pool: ConnectionPool;
  readonly #broker: Broker;
  readonly #connecting = new Map<PooledConnection, Promise<void>>();
  readonly #connected = new Set<PooledConnection>();
  #error: ConnectionError | undefined;
  #ended: Promise<void> | undefined;

  constructor(address: string, host: string, port: number, settings: ConnectionSettings, onConnect: () => void) {
    const { clientId, connectTimeout, requestTimeout, tls, sasl } = settings;
    this.#address = address;
    this.#onConnect = onConnect;
    this.#connectTimeout = connectTimeout;
    this.#pool = new ConnectionPool({
      host,
      port,
      clientId,
      connectionTimeout: connectTimeout,
      requestTimeout,
      enforceRequestTimeout: true,
      ssl: tls ?? null,
      sasl: sasl ?? null,
      logger: silent,
      socketFactory: createFramingSocket,
    });
    for (const connection of this.#pool.pool) takeWholeAnswers(connection);
    this.#broker = new Broker({ connectionPool: this.#pool, logger: silent, authenticationTimeout: connectTimeout });
  }

  /** Once it is connected. */
  get versions(): Broker['versions'] {
    return this.#broker.versions;
  }

  /** Whether all that was connected still is. */
  get isWhole(): boolean {
    const isThere = (one: PooledConnection): boolean => one.isConnected() || this.#connecting.has(one);
    return this.#error === undefined && [...this.#connected].every(isThere);
  }

  /** What sends a request, connected: a fetch that waits would hold up the others. @throws ConnectionError */
  async connected(apiKey: number): Promise<PooledConnection> {
    const [others, fetches] = this.#pool.pool;
    const connection = apiKey === FETCH ? fetches : others;
    if (this.versions === null || !connection.isConnected() || this.#connecting.has(connection)) {
      await this.#connectOnce(connection);
    }
    if (this.#error !== undefined) throw this.#error;
    return connection;
  }

  /** Ends it at once: kafkajs would wait for the answers that are still to come. */
  cut(error: ConnectionError): Promise<void> {
    this.#error ??= error;
    this.#ended ??= (async () => {
      this.#rejectAll(error);
      await this.#broker.disconnect().catch(() => {});
      // It took requests until now.
      this.#rejectAll(error);
    })();
    return this.#ended;
  }

  #rejectAll(error: ConnectionError): void {
    for (const connection of this.#pool.pool) connection.rejectRequests(error);
  }

  /** kafkajs would make a socket for each of several callers. */
  #connectOnce(connection: PooledConnection): Promise<void> {
    const known = this.#connecting.get(connection);
    if (known !== undefined) return known;
    const connecting = this.#connect(connection).finally(() => this.#connecting.delete(connection));
    this.#connecting.set(connection, connecting);
    return connecting;
  }

  /** Connects, also to one that takes connections and then says nothing: kafkajs has a limit for some steps alone. */
  async #connect(connection: PooledConnection): Promise<void> {
    this.#onConnect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new ConnectionError(this.#address, 'timeout', NO_ANSWER);
      timer = setTimeout(() => reject(error), this.#connectTimeout);
    });
    const connected = async (): Promise<void> => {
      await this.#broker.connect();
      await connection.connect();
      await connection.authenticate();
    };
    try {
      await Promise.race([connected(), late]);
      this.#connected.add(connection);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Answers come whole from createFramingSocket(); kafkajs would copy each into one buffer with what it has left of the
 * last, which is nothing.
 */
function takeWholeAnswers(connection: PooledConnection): void {
  const processData = connection.processData.bind(connection);
  connection.processData = (answer) => {
    if (connection.authHandlers !== null) {
      processData(answer);
      return;
    }
    const size = answer.length - LENGTH_BYTES;
    const correlationId = answer.readInt32BE(LENGTH_BYTES);
    connection.requestQueue.fulfillRequest({ size, correlationId, payload: answer.subarray(2 * LENGTH_BYTES) });
  };
}

const LENGTH_BYTES = 4;

const NO_ANSWER = 'no answer in time';
/** A timer that is late by so much was not late by what this process did itself. */
const STOPPED_MS = 500;
/** Beyond what the broker may wait. */
const REQUEST_SPARE = 5000;

/** A flexible request's header ends in tagged fields, for which kafkajs has no place: they stand before the body. */
function bodyOf(call: Call<unknown>): Buffer {
  const writer = new WireWriter();
  if (call.flexible === true) writer.raw(NO_TAGS);
  call.encode(writer);
  return writer.done();
}

/** As kafkajs' own encoder gives it. */
function encoded(buffer: Buffer): { buffer: Buffer; buf: Buffer } {
  return { buffer, buf: buffer };
}

const PROBLEMS: Readonly<Record<string, ConnectionProblem>> = {
  KafkaJSConnectionClosedError: 'lost',
  KafkaJSRequestTimeoutError: 'timeout',
  KafkaJSLockTimeout: 'timeout',
  KafkaJSSASLAuthenticationError: 'refused',
  KafkaJSServerDoesNotSupportApiKey: 'unsupported',
};

function translate(address: string, error: unknown): ConnectionError {
  if (!(error instanceof Error)) return new ConnectionError(address, 'lost', String(error));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = error.message.replace(/^Connection error: /, '');
  const refused = code !== undefined && /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_)/.test(code);
  const known = PROBLEMS[error.name];
  if (refused || known === 'refused') return new ConnectionError(address, 'refused', message, { cause: error });
  if (known !== undefined) return new ConnectionError(address, known, message, { cause: error });
  if (error.name === 'KafkaJSConnectionError') {
    return new ConnectionError(address, 'unreachable', unreachable(code, message), { cause: error });
  }
  return new ConnectionError(address, 'lost', message, { cause: error });
}

function unreachable(code: string | undefined, message: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was cut';
    default:
      return message === 'Connection timeout' ? NO_ANSWER : message;
  }
}
