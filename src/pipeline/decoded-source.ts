import type { Decoder } from '../codecs/codec.js';
import type { BatchSource, ByteSource } from '../endpoints/endpoint.js';
import type { Batch } from '../records/batch.js';

const CHUNK = 256 * 1024;
/** While bytes are there, batches are made this long: what a batch costs then is little beside its rows. */
export const PLENTY = 4096;

/** Bytes behind a decoder, as a source of batches. */
export class DecodedSource implements BatchSource {
  readonly name: string;
  readonly finite: boolean;
  readonly drains: boolean;
  readonly #bytes: ByteSource;
  readonly #decoder: Decoder;
  #waiting: Promise<void> | undefined;
  /** Bytes that were waited for, until take(). */
  #arrived: Uint8Array | undefined;
  #failure: unknown;
  #ended = false;
  #stopped = false;

  constructor(bytes: ByteSource, decoder: Decoder) {
    this.#bytes = bytes;
    this.#decoder = decoder;
    this.name = bytes.name;
    this.finite = bytes.finite;
    this.drains = bytes.drains;
  }

  ready(): Promise<void> | undefined {
    return this.#waiting;
  }

  take(): Batch | 'wait' | 'end' {
    for (;;) {
      this.#takeArrived();
      const more = this.#waiting === undefined && this.#failure === undefined && !this.#ended;
      const batch = this.#decoder.next(more ? PLENTY : 1);
      if (batch !== undefined) return batch;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#waiting !== undefined) return 'wait';
      if (this.#ended) return 'end';
      this.#read();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#bytes.stop();
  }

  async close(): Promise<void> {
    await this.#bytes.close();
  }

  #read(): void {
    const space = this.#decoder.space(CHUNK);
    const got = this.#bytes.read(space.length > CHUNK ? space.subarray(0, CHUNK) : space);
    if (typeof got === 'number') {
      this.#filled(got);
      return;
    }
    this.#waiting = got.then(
      (bytes) => {
        this.#waiting = undefined;
        this.#arrived = bytes;
      },
      (error: unknown) => {
        this.#waiting = undefined;
        this.#failure = error;
      },
    );
  }

  #takeArrived(): void {
    const bytes = this.#arrived;
    if (bytes === undefined) return;
    this.#arrived = undefined;
    this.#decoder.space(bytes.length).set(bytes);
    this.#filled(bytes.length);
  }

  #filled(count: number): void {
    if (count > 0) {
      this.#decoder.filled(count);
    } else {
      // What a file has left of a record is nothing that a record lacks.
      if (!(this.#stopped && this.finite)) this.#decoder.end();
      this.#ended = true;
    }
  }
}
