import { createServer, type Server, type Socket } from 'node:net';
import { cantListen, formatAddress, type ListenAddress } from '../listen-address.js';

/** So many clients at once: each takes memory of its own. */
const MOST_CLIENTS = 256;

export interface ListenerOptions {
  readonly address: ListenAddress;
  /** Whether a client that sends no more is still written to. */
  readonly allowHalfOpen: boolean;
  /** Takes a client, and what it is called: `127.0.0.1:40222`. */
  readonly accept: (socket: Socket, client: string) => void;
  /** Shows a sentence to the user. */
  readonly tell: (sentence: string) => void;
}

/** Listens for TCP connections. */
export class Listener {
  readonly #server: Server;
  /** `tcp-listen:127.0.0.1:9999`: with the port that was free. */
  readonly name: string;

  private constructor(server: Server, name: string) {
    this.#server = server;
    this.name = name;
  }

  /** @throws ServiceError where the address can't be had */
  static async open({ address, allowHalfOpen, accept, tell }: ListenerOptions): Promise<Listener> {
    // A machine that has gone without a word is missed.
    const server = createServer({ allowHalfOpen, noDelay: true, keepAlive: true }, (socket) => {
      const { remoteAddress: host = 'nobody', remotePort: port = 0 } = socket;
      accept(socket, formatAddress({ host, port }));
    });
    server.maxConnections = MOST_CLIENTS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(cantListen(address, error)));
      server.listen(address.port, address.host, resolve);
    });
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
    const name = `tcp-listen:${formatAddress({ ...address, port })}`;
    server.once('drop', () => tell(`${name} has ${MOST_CLIENTS} clients, and takes no more until one leaves`));
    // Of single connections that fail before they are there.
    server.on('error', (error) => tell(`${name}: ${error.message}`));
    return new Listener(server, name);
  }

  /** Takes no more clients; those that there are stay. */
  stop(): void {
    if (this.#server.listening) this.#server.close();
  }
}
