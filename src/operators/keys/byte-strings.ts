import type { TextSlices } from '../../records/dictionary.js';
import { hashPair } from './pair-ids.js';

const FIRST_ENTRIES = 256;
const FIRST_BYTES = 4096;
const SPARE = 2;
/** So many bytes are copied one by one: a call costs more. */
const SHORT = 32;
/** Strings that are copied together. */
const SOME = 512;

/** Byte strings one behind the other, numbered from 0. */
export class ByteStrings {
  #size = 0;
  #bytes = new Uint8Array(FIRST_BYTES);
  /** String i is at [starts[i], starts[i + 1]). */
  #starts = new Uint32Array(FIRST_ENTRIES + 1);
  /** Ids by hash, −1 is free; made when a string has to be looked for. */
  #slots: Int32Array | undefined;

  get size(): number {
    return this.#size;
  }

  /** The bytes of a string: borrowed until the next call that may add one. */
  bytes(id: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[id], this.#starts[id + 1]);
  }

  /** Where all of them lie: borrowed as bytes() are. */
  slices(): TextSlices {
    return { bytes: this.#bytes, starts: this.#starts };
  }

  byteLength(id: number): number {
    return this.#starts[id + 1] - this.#starts[id];
  }

  /** The byte at a place of a string; −1 behind its end. */
  byteAt(id: number, at: number): number {
    const place = this.#starts[id] + at;
    return place < this.#starts[id + 1] ? this.#bytes[place] : -1;
  }

  /** The id of a string, added if it is new. */
  intern(string: Uint8Array): number {
    const slots = this.#slots ?? this.#index();
    const mask = slots.length - 1;
    for (let slot = hashBytes(string, 0, string.length) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot];
      if (id >= 0 && !this.#equals(id, string)) continue;
      return id >= 0 ? id : this.append(string);
    }
  }

  /** Adds a string, the bytes [from, to) of a source, that the caller knows to be new. */
  append(source: Uint8Array, from = 0, to = source.length): number {
    const id = this.#size;
    const start = this.#starts[id];
    const end = start + to - from;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    if (id + 1 >= this.#starts.length) {
      const larger = new Uint32Array(this.#starts.length * 2 - 1);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    if (to - from > SHORT) this.#bytes.set(source.subarray(from, to), start);
    else for (let at = from, place = start; at < to; ) this.#bytes[place++] = source[at++];
    this.#starts[id + 1] = end;
    this.#size = id + 1;
    if (this.#slots !== undefined) {
      if (this.#size * SPARE > this.#slots.length) this.#index();
      else this.#place(this.#slots, id);
    }
    return id;
  }

  /** Negative, 0 or positive as string `a` is before, the same as or after `b`, byte by byte. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const bytes = this.#bytes;
    const [startA, startB] = [this.#starts[a], this.#starts[b]];
    const [lengthA, lengthB] = [this.byteLength(a), this.byteLength(b)];
    const length = Math.min(lengthA, lengthB);
    for (let at = 0; at < length; at++) {
      const difference = bytes[startA + at] - bytes[startB + at];
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  /** A copy with the same strings in another order. */
  reordered(order: Int32Array): ByteStrings {
    const copy = new ByteStrings();
    copy.#bytes = new Uint8Array(this.#starts[this.#size]);
    copy.#starts = new Uint32Array(order.length + 1);
    copy.#size = order.length;
    const [from, to] = [this.#bytes, copy.#bytes];
    const froms = new Uint32Array(SOME);
    for (let start = 0; start < order.length; start += SOME) {
      const some = order.subarray(start, start + SOME);
      placesOf(some, this.#starts, froms, copy.#starts.subarray(start));
      loadFirst(from, froms, some.length);
      for (let at = 0; at < some.length; at++) {
        const end = copy.#starts[start + at + 1];
        for (let place = copy.#starts[start + at], index = froms[at]; place < end; ) to[place++] = from[index++];
      }
    }
    return copy;
  }

  /**
   * Forgets the strings that are not in use and numbers the others anew, in the same order.
   * @returns the new id of each old one, −1 where it is forgotten
   */
  retain(inUse: (id: number) => boolean): Int32Array {
    const renumbered = new Int32Array(this.#size).fill(-1);
    let kept = 0;
    let end = 0;
    for (let id = 0; id < this.#size; id++) {
      if (!inUse(id)) continue;
      const [from, to] = [this.#starts[id], this.#starts[id + 1]];
      this.#bytes.copyWithin(end, from, to);
      end += to - from;
      renumbered[id] = kept++;
      this.#starts[kept] = end;
    }
    this.#size = kept;
    if (kept * 4 < this.#starts.length && this.#starts.length > FIRST_ENTRIES + 1) {
      this.#starts = this.#starts.slice(0, Math.max(kept * 2, FIRST_ENTRIES) + 1);
    }
    if (end * 4 < this.#bytes.length && this.#bytes.length > FIRST_BYTES) {
      this.#bytes = this.#bytes.slice(0, Math.max(end * 2, FIRST_BYTES));
    }
    this.#slots = undefined;
    return renumbered;
  }

  #equals(id: number, string: Uint8Array): boolean {
    const start = this.#starts[id];
    if (this.#starts[id + 1] - start !== string.length) return false;
    for (let at = 0; at < string.length; at++) if (this.#bytes[start + at] !== string[at]) return false;
    return true;
  }

  #index(): Int32Array {
    let length = FIRST_ENTRIES * SPARE;
    while (length < this.#size * SPARE * 2) length *= 2;
    const slots = new Int32Array(length).fill(-1);
    for (let id = 0; id < this.#size; id++) this.#place(slots, id);
    this.#slots = slots;
    return slots;
  }

  #place(slots: Int32Array, id: number): void {
    const mask = slots.length - 1;
    let slot = hashBytes(this.#bytes, this.#starts[id], this.#starts[id + 1]) & mask;
    while (slots[slot] >= 0) slot = (slot + 1) & mask;
    slots[slot] = id;
  }
}

/** Where some strings begin, and where they come to end when they are put one behind the other from ends[0] on. */
function placesOf(strings: Int32Array, starts: Uint32Array, froms: Uint32Array, ends: Uint32Array): void {
  for (let at = 0; at < strings.length; at++) {
    froms[at] = starts[strings[at]];
    ends[at + 1] = ends[at] + starts[strings[at] + 1] - froms[at];
  }
}

/** Reads the first byte of each: a processor waits for many of them at once in a loop that does nothing else. */
function loadFirst(bytes: Uint8Array, places: Uint32Array, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum ^= bytes[places[at]];
  return sum;
}

/** FNV-1a, finished so that the low bits depend on every byte. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hashPair(hash, end - start);
}
