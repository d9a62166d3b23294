import { isUtf8 } from 'node:buffer';
import type { Dictionary, TextSlices } from './dictionary.js';

const FIRST_SLOTS = 256;
const FIRST_BYTES = 4096;
const FREE = -1;
const MULTIPLIER = 0x85ebca6b;

const encoder = new TextEncoder();

/**
 * A dictionary that finds entries by their bytes where they lie, without making a string of each: open addressing
 * over pairs of hash and id, and the entries' bytes one behind the other.
 */
export class ByteDictionary implements Dictionary {
  readonly generation = 0;
  /** Pairs of hash and id; FREE where the id is. Twice as many pairs as entries, at least. */
  #slots = new Int32Array(FIRST_SLOTS * 2).fill(FREE);
  #mask = FIRST_SLOTS - 1;
  #size = 0;
  /** offsets[id] to offsets[id + 1] in the bytes. */
  #offsets = new Uint32Array(FIRST_SLOTS / 2 + 1);
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);

  get size(): number {
    return this.#size;
  }

  bytes(id: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[id], this.#offsets[id + 1]);
  }

  slices(): TextSlices {
    return { bytes: this.#bytes, starts: this.#offsets };
  }

  text(id: number): string {
    if (!(id >= 0 && id < this.#size)) throw new RangeError(`no dictionary entry ${id}`);
    const start = this.#offsets[id];
    return Buffer.from(this.#bytes.buffer, start, this.#offsets[id + 1] - start).toString('utf8');
  }

  intern(text: string): number {
    const bytes = encoder.encode(text);
    return this.internBytes(bytes, new DataView(bytes.buffer), 0, bytes.length);
  }

  /**
   * The id of [start, end), added if it is new; -1 if it is not valid UTF-8.
   * @param view of the same bytes
   */
  internBytes(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const hash = hashOf(bytes, view, start, end);
    const slots = this.#slots;
    let slot = hash & this.#mask;
    for (;;) {
      const id = slots[slot * 2 + 1];
      if (id === FREE) return this.#add(bytes, start, end, hash, slot);
      if (slots[slot * 2] === hash && this.#equals(id, bytes, view, start, end)) return id;
      slot = (slot + 1) & this.#mask;
    }
  }

  #equals(id: number, bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const own = this.#offsets[id];
    const length = end - start;
    if (this.#offsets[id + 1] - own !== length) return false;
    if (length < 4) {
      for (let at = 0; at < length; at++) if (this.#bytes[own + at] !== bytes[start + at]) return false;
      return true;
    }
    const mine = this.#view;
    const last = length - 4;
    for (let at = 0; at < last; at += 4) if (mine.getInt32(own + at) !== view.getInt32(start + at)) return false;
    return mine.getInt32(own + last) === view.getInt32(start + last);
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const entry = bytes.subarray(start, end);
    if (!isUtf8(entry)) return -1;
    const id = this.#size++;
    const at = this.#offsets[id];
    this.#room(at + entry.length);
    this.#bytes.set(entry, at);
    this.#offsets[id + 1] = at + entry.length;
    this.#slots[slot * 2] = hash;
    this.#slots[slot * 2 + 1] = id;
    if (this.#size === this.#offsets.length - 1) this.#grow();
    return id;
  }

  #room(length: number): void {
    if (length <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, length));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  #grow(): void {
    const offsets = new Uint32Array((this.#offsets.length - 1) * 2 + 1);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const before = this.#slots;
    const slots = new Int32Array(before.length * 2).fill(FREE);
    const mask = slots.length / 2 - 1;
    for (let at = 0; at < before.length; at += 2) {
      if (before[at + 1] === FREE) continue;
      let slot = before[at] & mask;
      while (slots[slot * 2 + 1] !== FREE) slot = (slot + 1) & mask;
      slots[slot * 2] = before[at];
      slots[slot * 2 + 1] = before[at + 1];
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

/** Four bytes at a time; the last four may overlap those before. */
function hashOf(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let hash = end - start;
  if (hash < 4) {
    for (let at = start; at < end; at++) hash = mix(hash, bytes[at]);
    return hash;
  }
  const last = end - 4;
  for (let at = start; at < last; at += 4) hash = mix(hash, view.getInt32(at));
  return mix(hash, view.getInt32(last));
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, MULTIPLIER);
  return product ^ (product >>> 15);
}
