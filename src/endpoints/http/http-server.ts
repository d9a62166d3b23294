import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { cantListen, formatAddress, type ListenAddress } from '../listen-address.js';
import { within } from '../within.js';

/** Answers one request; whatever it throws is a bug. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** How long a client may take for its head, and for all of its request: slow ones would hold connections for ever. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
/** A connection that is kept is closed after so long without a request. */
const IDLE_MS = 15_000;
const CHECK_MS = 1000;

/**
 * A server of HTTP/1.1 over node:http: it starts in a few milliseconds and does all that is needed here, where a
 * framework would cost every start more than it saves.
 */
export class HttpServer {
  readonly #server: Server;
  /** Where it listens: with the port that was free. */
  readonly url: string;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /**
   * Starts to listen.
   * @throws ServiceError where the address can't be had
   */
  static async open(address: ListenAddress, handle: Handle): Promise<HttpServer> {
    const server = createServer(
      {
        headersTimeout: HEAD_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: IDLE_MS,
        connectionsCheckingInterval: CHECK_MS,
      },
      handle,
    );
    // Node would ask for the body of whoever waits to be asked, also where it is refused.
    server.on('checkContinue', handle);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(cantListen(address, error)));
      server.listen(address.port, address.host, resolve);
    });
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
    return new HttpServer(server, `http://${formatAddress({ ...address, port })}`);
  }

  /** Takes no new connections, and closes those that wait for a request. */
  stop(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Resolves when all was answered, or cuts what is left after `patience` milliseconds. */
  async close(patience: number): Promise<void> {
    if (this.#server.listening) this.#server.close();
    this.#server.closeIdleConnections();
    if ((await this.#connections()) === 0) return;
    await within(new Promise((resolve) => this.#server.once('close', resolve)), patience);
    this.#server.closeAllConnections();
  }

  #connections(): Promise<number> {
    return new Promise((resolve) => this.#server.getConnections((error, count) => resolve(error ? 0 : count)));
  }
}
