import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from './answers.js';

/** What bodies may take. */
export interface BodyLimits {
  /** Bytes of one. */
  readonly maxBody: number;
  /** Bytes of all that are not answered. */
  readonly maxQueue: number;
}

/** What a request takes besides its body. */
const REQUEST_BYTES = 4096;

/** Bounds the memory of requests that are not answered. */
export class BodyRoom {
  readonly limits: BodyLimits;
  #held = 0;

  constructor(limits: BodyLimits) {
    this.limits = limits;
  }

  /** Whether a request would be turned away. */
  get isFull(): boolean {
    return this.#held + REQUEST_BYTES > this.limits.maxQueue;
  }

  /**
   * Reads a body, and holds room for it until release() of what it gives.
   * @returns why it is not taken, where there is no room, and it is read on and dropped; undefined where the connection
   * broke
   */
  async read(request: IncomingMessage, response: ServerResponse): Promise<Held | Problem | undefined> {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > this.limits.maxBody) return this.#tooLarge();
    const held = new Held((bytes) => {
      this.#held += bytes;
    });
    // A request that is first is taken whatever the bound is.
    if (this.#held > 0 && this.#held + declared + REQUEST_BYTES > this.limits.maxQueue) return FULL;
    held.add(declared + REQUEST_BYTES);
    // Who waits to be asked has not sent it.
    if (request.headers.expect !== undefined) response.writeContinue();
    const received = await this.#receive(request, held, declared);
    if (received !== held) held.release();
    return received;
  }

  #receive(request: IncomingMessage, held: Held, declared: number): Promise<Held | Problem | undefined> {
    return new Promise((resolve) => {
      const chunks: Uint8Array[] = [];
      let length = 0;
      const take = (chunk: Uint8Array): void => {
        length += chunk.length;
        if (declared === 0) held.add(chunk.length);
        chunks.push(chunk);
        if (length > this.limits.maxBody) refuse(this.#tooLarge());
        else if (declared === 0 && this.#held > this.limits.maxQueue) refuse(FULL);
      };
      const refuse = (problem: Problem): void => {
        chunks.length = 0;
        request.off('data', take).resume();
        resolve(problem);
      };
      request.on('data', take);
      request.once('end', () => {
        const [only] = chunks;
        held.body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
        resolve(held);
      });
      request.once('error', () => resolve(undefined));
      request.once('close', () => resolve(undefined));
    });
  }

  #tooLarge(): Problem {
    return { status: 413, detail: `a body has ${this.limits.maxBody} bytes at most` };
  }
}

const FULL: Problem = {
  status: 429,
  detail: 'more waits than there is room for: try again',
  headers: { 'retry-after': '1' },
};

/** A body, and the room that it takes. */
export class Held {
  body: Uint8Array = new Uint8Array(0);
  #bytes = 0;
  readonly #change: (bytes: number) => void;

  constructor(change: (bytes: number) => void) {
    this.#change = change;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#change(bytes);
  }

  release(): void {
    this.add(-this.#bytes);
  }
}
