/**
 * Distinct byte strings (UTF-8), numbered from 0 in the order in which they were first seen.
 * Ids stay valid until `generation` changes: then whoever keeps ids has been given the new ones (see `Remap`).
 */
export interface Dictionary {
  readonly size: number;
  readonly generation: number;
  /** The bytes of an entry: borrowed until the next call that may add an entry. */
  bytes(id: number): Uint8Array;
  /** The text of an entry. */
  text(id: number): string;
  /** The id of a text, added if it is new. */
  intern(text: string): number;
  /** Where all entries lie, of a dictionary that has their bytes in one place: borrowed as bytes() are. */
  slices?(): TextSlices;
}

/** Entry `id` is [starts[id], starts[id + 1]) of `bytes`. */
export interface TextSlices {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
}

/**
 * The entries of a large dictionary where they lie, for who writes rows: a form of each entry that is prepared once
 * pays only for few, as of many most are written a time or two and the memory is better used otherwise.
 */
export function slicesOfMany(dictionary: Dictionary): TextSlices | undefined {
  return dictionary.size > MOST_PREPARED ? dictionary.slices?.() : undefined;
}

const MOST_PREPARED = 65_536;

const encoder = new TextEncoder();

/** A dictionary on the JavaScript heap, for producers and slow paths. */
export class TextDictionary implements Dictionary {
  readonly generation = 0;
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }

  bytes(id: number): Uint8Array {
    return encoder.encode(this.text(id));
  }

  text(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new RangeError(`no dictionary entry ${id}`);
    return text;
  }

  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    this.#ids.set(text, id);
    this.#texts.push(text);
    return id;
  }
}
