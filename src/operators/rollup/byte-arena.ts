import { GrowableColumn } from './growable-column.js';

const CHUNK = 1 << 20;
const ALIGN = 16;
/** Below this many bytes the arena is not worth moving. */
const SMALL = 16 * CHUNK;
const SHORT = 64;

/**
 * One byte string for each state, put and replaced, in chunks of 1 MiB: no object a string. What was replaced by
 * something longer or forgotten leaves a gap; when most of the arena is gaps, it is moved together.
 */
export class ByteArena {
  readonly #lengths = new GrowableColumn(Int32Array);
  /** In units of 16 bytes. */
  readonly #rooms = new GrowableColumn(Int32Array);
  readonly #chunkOf = new GrowableColumn(Int32Array);
  readonly #offsets = new GrowableColumn(Int32Array);
  #chunks: Uint8Array[] = [];
  #top = CHUNK;
  #used = 0;
  #live = 0;

  /** Makes place for the strings of states below `top`. */
  need(top: number): void {
    for (const column of [this.#lengths, this.#rooms, this.#chunkOf, this.#offsets]) column.need(top);
  }

  /** Keeps [start, end) of `source` for a state. */
  put(state: number, source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > this.#rooms.values[state] * ALIGN) {
      this.forget(state);
      if (this.#used > 2 * this.#live + SMALL) this.#moveTogether();
      this.#allocate(state, length);
    }
    this.#lengths.values[state] = length;
    const target = this.#chunks[this.#chunkOf.values[state]];
    let to = this.#offsets.values[state];
    if (length > SHORT) target.set(source.subarray(start, end), to);
    else for (let from = start; from < end; from++) target[to++] = source[from];
  }

  length(state: number): number {
    return this.#lengths.values[state];
  }

  /** Borrowed until the next put(). */
  bytes(state: number): Uint8Array {
    const from = this.#offsets.values[state];
    return this.#chunks[this.#chunkOf.values[state]].subarray(from, from + this.#lengths.values[state]);
  }

  forget(state: number): void {
    this.#live -= this.#rooms.values[state] * ALIGN;
    this.#rooms.values[state] = 0;
  }

  #allocate(state: number, length: number): void {
    const room = Math.ceil(length / ALIGN);
    const bytes = room * ALIGN;
    if (this.#top + bytes > CHUNK) {
      this.#chunks.push(new Uint8Array(Math.max(CHUNK, bytes)));
      this.#top = 0;
    }
    this.#rooms.values[state] = room;
    this.#chunkOf.values[state] = this.#chunks.length - 1;
    this.#offsets.values[state] = this.#top;
    this.#top += bytes;
    this.#used += bytes;
    this.#live += bytes;
  }

  #moveTogether(): void {
    const chunks = this.#chunks;
    const rooms = this.#rooms.values;
    this.#chunks = [];
    this.#top = CHUNK;
    this.#used = 0;
    this.#live = 0;
    for (let state = 0; state < rooms.length; state++) {
      if (rooms[state] === 0) continue;
      const from = this.#offsets.values[state];
      const bytes = chunks[this.#chunkOf.values[state]].subarray(from, from + this.#lengths.values[state]);
      this.#allocate(state, bytes.length);
      this.#chunks[this.#chunkOf.values[state]].set(bytes, this.#offsets.values[state]);
    }
  }
}
