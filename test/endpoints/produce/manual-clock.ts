import type { Encoder } from '../../../src/codecs/codec.js';
import { ndjsonCodec } from '../../../src/codecs/ndjson/ndjson-codec.js';
import type { BatchSource } from '../../../src/endpoints/endpoint.js';
import { encodeProduced } from '../../../src/endpoints/produce/encode-produced.js';
import type { Clock } from '../../../src/endpoints/produce/pause.js';
import type { Batch } from '../../../src/records/batch.js';

/** A clock that goes on when a test says so. */
export class ManualClock implements Clock {
  #now = 0;
  #calls: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(millis: number, call: () => void): () => void {
    const entry = { at: this.#now + millis, call };
    this.#calls.push(entry);
    return () => {
      this.#calls = this.#calls.filter((one) => one !== entry);
    };
  }

  /** How many calls are still to come. */
  get waiting(): number {
    return this.#calls.length;
  }

  advance(millis: number): void {
    this.#now += millis;
  }

  /** Goes on to the first call that is due, and makes it. */
  #next(): void {
    const [first] = this.#calls.sort((a, b) => a.at - b.at);
    if (first === undefined) throw new Error('nothing waits');
    this.#calls.shift();
    this.#now = Math.max(this.#now, first.at);
    first.call();
  }

  /** All batches of a source until its end, or until a moment, with the moments at which they came. */
  *batches(source: BatchSource, until = Infinity): Generator<[number, Batch]> {
    for (;;) {
      if (source.ready() !== undefined) this.#next();
      if (this.#now > until) return;
      const batch = source.take();
      if (batch === 'end') return;
      if (batch !== 'wait') yield [this.#now, batch];
    }
  }

  /** How many records came at which moment. */
  record(source: BatchSource, until: number): [number, number][] {
    return [...this.batches(source, until)].map(([at, batch]) => [at, batch.length]);
  }

  /** Everything that a source sends, as NDJSON. */
  drain(source: BatchSource): Buffer {
    const parts: Uint8Array[] = [];
    let encoder: Encoder | undefined;
    for (const [, batch] of this.batches(source)) {
      encoder ??= ndjsonCodec.encoder({ schema: batch.schema });
      parts.push(encodeProduced(batch, batch.rejects ?? [], encoder));
    }
    return Buffer.concat(parts);
  }
}
