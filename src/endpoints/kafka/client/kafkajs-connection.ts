import Broker from 'kafkajs/src/broker/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import ConnectionPool, { type PooledConnection } from 'kafkajs/src/network/connectionPool.js';
import type { Call } from '../protocol/call.js';
import { WireReader } from '../protocol/wire-reader.js';
import { WireWriter } from '../protocol/wire-writer.js';
import { type Connection, ConnectionError, type ConnectionProblem, type ConnectionSettings } from './connection.js';
import { createFramingSocket } from './framing-socket.js';

const NO_TAGS = Buffer.of(0);
/** Errors are thrown too; here they would only be told twice. */
const silent = createLogger({ level: 0, logCreator: () => () => {} });

/**
 * kafkajs' connection: sockets, TLS, SASL, the versions that a broker takes, and which answer belongs to which request.
 * What requests say is ours (protocol/), so that records stay bytes and so that versions can be used that kafkajs does
 * not know. This file alone meets kafkajs.
 */
export class KafkajsConnection implements Connection {
  readonly address: string;
  readonly #connectTimeout: number;
  readonly #pool: ConnectionPool;
  readonly #broker: Broker;

  constructor(host: string, port: number, settings: ConnectionSettings) {
    this.address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const { clientId, connectTimeout, requestTimeout, tls, sasl } = settings;
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

  async send<T>(call: Call<T>): Promise<T> {
    try {
      if (!this.#broker.isConnected()) await this.#connect();
      this.#checkVersion(call);
      const { payload } = await this.#pool.send({
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
      if (translated.problem !== 'unsupported') await this.#cut(translated);
      throw translated;
    }
  }

  async close(): Promise<void> {
    await this.#cut(new ConnectionError(this.address, 'lost', 'it was closed'));
  }

  /** Ends the connection at once: kafkajs would wait for the answers that are still to come. */
  async #cut(error: ConnectionError): Promise<void> {
    const closed = this.#pool.pool.map(({ socket }) => socket);
    for (const connection of this.#pool.pool) connection.rejectRequests(error);
    await this.#broker.disconnect().catch(() => {});
    // A closed socket would get a listener more each time that it is disconnected again.
    for (const connection of this.#pool.pool) if (closed.includes(connection.socket)) connection.socket = null;
  }

  /** Connects, also to one that takes connections and then says nothing: kafkajs has a limit for each step alone. */
  async #connect(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new ConnectionError(this.address, 'timeout', NO_ANSWER);
      timer = setTimeout(() => reject(error), this.#connectTimeout);
    });
    try {
      await Promise.race([this.#broker.connect(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #checkVersion({ name, apiKey, version }: Call<unknown>): void {
    const known = this.#broker.versions?.[apiKey];
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
