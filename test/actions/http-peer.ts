import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers the n-th request, from 1. */
export type Reply = (response: ServerResponse, request: Received, number: number) => void;

/** A server of this machine that keeps what it gets. */
export class HttpPeer {
  readonly received: Received[] = [];
  readonly #server: Server;

  private constructor(
    reply: Reply,
    readonly pem?: Buffer,
  ) {
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method = '', url: path = '', headers } = request;
      const received = { method, path, headers, body: Buffer.concat(chunks).toString() };
      reply(response, received, this.received.push(received));
    };
    this.#server = pem === undefined ? createServer(answer) : createTlsServer({ key: pem, cert: pem }, answer);
  }

  /** @param pem a key and its certificate: it speaks TLS */
  static async open(reply: Reply, pem?: Buffer): Promise<HttpPeer> {
    const peer = new HttpPeer(reply, pem);
    await new Promise<void>((resolve) => peer.#server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `http${this.pem === undefined ? '' : 's'}://127.0.0.1:${address.port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
