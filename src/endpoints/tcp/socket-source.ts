import type { Socket } from 'node:net';
import { ConnectionCut } from '../../records/errors.js';
import type { ByteSource } from '../endpoint.js';
import { codeOf, sentenceOf } from '../system-error.js';

/** So many bytes wait to be read before the other side has to. */
const HELD_BYTES = 256 * 1024;
const NOTHING = new Uint8Array(0);

/** What read() fails with after stop(), behind what had come: its last record may be cut. */
export class ReadingStopped extends Error {}

/** What another program sends over a connection; it waits while what has come is not read. */
export class SocketSource implements ByteSource {
  readonly finite = false;
  readonly drains = false;
  readonly #socket: Socket;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #begun = false;
  #failure: Error | undefined;
  #ended = false;
  #waiting: { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void } | undefined;

  constructor(
    readonly name: string,
    socket: Socket,
  ) {
    this.#socket = socket;
    socket.on('data', (chunk: Uint8Array) => {
      this.#begun = true;
      this.#chunks.push(chunk);
      this.#held += chunk.length;
      if (this.#held >= HELD_BYTES) socket.pause();
      this.#settle();
    });
    socket.once('end', () => this.#end());
    socket.on('error', (error) => {
      const why = codeOf(error) === 'ECONNRESET' ? 'the other side has broken the connection off' : sentenceOf(error);
      this.#end(new ConnectionCut(`${name}: ${why}`, 'What came before was read.', { cause: error }));
    });
    socket.once('close', () => this.#end());
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    let count = 0;
    for (let chunk = this.#chunks[0]; chunk !== undefined && count < into.length; chunk = this.#chunks[0]) {
      const taken = chunk.subarray(0, into.length - count);
      into.set(taken, count);
      count += taken.length;
      if (taken.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(taken.length);
    }
    this.#held -= count;
    if (this.#socket.isPaused() && this.#held < HELD_BYTES && !this.#ended) this.#socket.resume();
    if (count > 0) return count;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return 0;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  stop(): void {
    this.#socket.pause();
    this.#end(this.#begun ? new ReadingStopped() : undefined);
  }

  async close(): Promise<void> {
    this.#socket.destroy();
  }

  #end(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#settle();
  }

  /** Answers a read that waits. */
  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#held -= chunk.length;
      waiting.resolve(chunk);
    } else if (this.#failure !== undefined) waiting.reject(this.#failure);
    else waiting.resolve(NOTHING);
  }
}
