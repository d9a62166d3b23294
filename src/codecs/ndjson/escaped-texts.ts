import type { Dictionary } from '../../records/dictionary.js';

const QUOTE = 34;
const BACKSLASH = 92;
const HEX = '0123456789abcdef';
const SHORT: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r', 34: '"', 92: '\\' };

/** A dictionary's entries as JSON strings with their quotes, written once each. */
export class EscapedTexts {
  bytes = new Uint8Array(16 * 1024);
  /** Entry `id` is [starts[id], starts[id + 1]). */
  starts = new Uint32Array(1024);
  #generation: number;
  #count = 0;

  constructor(readonly dictionary: Dictionary) {
    this.#generation = dictionary.generation;
  }

  /** Escapes the entries that are new since the last call. */
  update(): void {
    const { dictionary } = this;
    if (dictionary.generation !== this.#generation) {
      this.#generation = dictionary.generation;
      this.#count = 0;
    }
    const { size } = dictionary;
    if (this.#count >= size) return;
    if (size >= this.starts.length) {
      const starts = new Uint32Array(Math.max(size + 1, this.starts.length * 2));
      starts.set(this.starts);
      this.starts = starts;
    }
    let at = this.#count === 0 ? 0 : this.starts[this.#count];
    for (let id = this.#count; id < size; id++) {
      const entry = dictionary.bytes(id);
      const most = at + entry.length * 6 + 2;
      if (most > this.bytes.length) {
        const grown = new Uint8Array(Math.max(most, this.bytes.length * 2));
        grown.set(this.bytes);
        this.bytes = grown;
      }
      this.starts[id] = at;
      at = writeString(this.bytes, at, entry, 0, entry.length);
      this.starts[id + 1] = at;
    }
    this.#count = size;
  }
}

/**
 * Writes UTF-8 text, [start, end) of `text`, as a JSON string; `target` has room for 6 bytes a byte and 2. Returns the
 * new position.
 */
export function writeString(
  target: Uint8Array,
  position: number,
  text: Uint8Array,
  start: number,
  end: number,
): number {
  let at = position;
  target[at++] = QUOTE;
  for (let index = start; index < end; index++) {
    const byte = text[index];
    if (byte >= 32 && byte !== QUOTE && byte !== BACKSLASH) {
      target[at++] = byte;
      continue;
    }
    const short = SHORT[byte];
    target[at++] = BACKSLASH;
    if (short !== undefined) {
      target[at++] = short.charCodeAt(0);
      continue;
    }
    target[at] = 117;
    target[at + 1] = 48;
    target[at + 2] = 48;
    target[at + 3] = HEX.charCodeAt(byte >> 4);
    target[at + 4] = HEX.charCodeAt(byte & 15);
    at += 5;
  }
  target[at++] = QUOTE;
  return at;
}
