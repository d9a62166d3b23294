import type { Dictionary } from '../../records/dictionary.js';

const encoder = new TextEncoder();

/** Names that are given, then numbered ones (`channel_4`, `channel_5`, …): a million take no memory. */
export class NumberedNames implements Dictionary {
  readonly generation = 0;
  readonly #given: readonly string[];
  readonly #prefix: string;
  readonly #count: number;
  /** Texts that someone else has interned. */
  readonly #added: string[] = [];

  constructor(count: number, prefix: string, given: readonly string[] = []) {
    this.#count = count;
    this.#prefix = prefix;
    this.#given = given.slice(0, count);
  }

  get size(): number {
    return this.#count + this.#added.length;
  }

  bytes(id: number): Uint8Array {
    return encoder.encode(this.text(id));
  }

  text(id: number): string {
    if (id >= 0 && id < this.#count) return this.#given[id] ?? `${this.#prefix}${id + 1}`;
    const added = this.#added[id - this.#count];
    if (added === undefined) throw new RangeError(`no dictionary entry ${id}`);
    return added;
  }

  intern(text: string): number {
    const given = this.#given.indexOf(text);
    if (given >= 0) return given;
    const id = Number(text.slice(this.#prefix.length)) - 1;
    if (Number.isInteger(id) && id >= this.#given.length && id < this.#count && this.text(id) === text) return id;
    const known = this.#added.indexOf(text);
    return this.#count + (known >= 0 ? known : this.#added.push(text) - 1);
  }
}
