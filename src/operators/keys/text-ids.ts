import type { Column, DictionaryColumn } from '../../records/columns.js';
import type { Dictionary, TextSlices } from '../../records/dictionary.js';
import { bug } from '../../records/errors.js';
import { ByteStrings } from './byte-strings.js';
import { type ColumnIds, NULL_ID, nullsOf, sortedIds } from './column-ids.js';
import { SortedTexts } from './sorted-texts.js';
import { StoredTexts } from './stored-texts.js';
import { sortedStrings } from './string-order.js';

const decoder = new TextDecoder();

/** From so many strings on they are copied in their order: rows that are sorted then read them one after the other. */
const MANY = 65_536;

/** The known ids of one dictionary's entries; 0 is an entry not yet met. */
interface Memo {
  readonly generation: number;
  ids: Int32Array;
  /** The id of each entry below this is the entry + 1: they were met in their order. */
  inOrder: number;
}

/**
 * Numbers strings and enum symbols. It keeps a copy of each, since a dictionary may be dropped with its source, and
 * looks at the bytes of an entry once: after that a row costs one look into an array.
 */
export class TextIds implements ColumnIds {
  readonly #strings = new ByteStrings();
  readonly #symbols: readonly string[] | undefined;
  #memos = new WeakMap<Dictionary, Memo>();
  /** The only dictionary so far: its entries are distinct, so that nothing needs to be looked up. */
  #first: { readonly dictionary: WeakRef<Dictionary>; readonly generation: number } | undefined;
  #several = false;
  readonly #all = new StoredTexts(this.#strings);
  /** The strings in their order, until one is added. */
  #sorted: SortedTexts | undefined;

  /** @param symbols of an enum: its values are ordered by their places in the type */
  constructor(symbols?: readonly string[]) {
    this.#symbols = symbols;
  }

  get size(): number {
    return this.#strings.size + 1;
  }

  /** The bytes of a value: borrowed until the next call of assign() or idOf(). */
  bytes(id: number): Uint8Array {
    return this.#strings.bytes(id - 1);
  }

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    if (column.kind !== 'dictionary') bug(`a column of strings is ${column.kind}`);
    const { ids, dictionary, nulls } = column;
    const memo = this.#memo(dictionary);
    let { inOrder } = memo;
    let slices: TextSlices | undefined;
    for (let at = 0; at < count; at++) {
      const row = rows === undefined ? at : rows[at];
      if (nulls !== undefined && nulls[row] === 1) {
        out[at] = NULL_ID;
        continue;
      }
      const entry = ids[row];
      let id = entry < inOrder ? entry + 1 : memo.ids[entry];
      if (id === 0) {
        slices ??= dictionary.slices?.();
        id = this.#meet(dictionary, memo, entry, slices);
        inOrder = memo.inOrder;
      }
      out[at] = id;
    }
  }

  /** The id of the value in one row of a column, which is not null. */
  idOf(column: DictionaryColumn, row: number): number {
    const entry = column.ids[row];
    const memo = this.#memo(column.dictionary);
    const id = memo.ids[entry];
    return id === 0 ? this.#meet(column.dictionary, memo, entry, undefined) : id;
  }

  /** The id of the value in one row of a column, which is not null; 0 where it may be new. */
  known(column: DictionaryColumn, row: number): number {
    return this.#memo(column.dictionary).ids[column.ids[row]];
  }

  compare(a: number, b: number): number {
    if (this.#symbols === undefined) return this.#strings.compare(a - 1, b - 1);
    return this.#symbols.indexOf(this.#text(a)) - this.#symbols.indexOf(this.#text(b));
  }

  order(): Int32Array {
    if (this.#symbols !== undefined) return sortedIds(this.size, (a, b) => this.compare(a, b));
    const order = sortedStrings(this.#strings);
    this.#sorted = order.length < MANY ? undefined : new SortedTexts(this.#strings, order);
    for (let at = 0; at < order.length; at++) order[at]++;
    return order;
  }

  /** The column's dictionary is valid until values are added. */
  column(ids: Int32Array): Column {
    const entries = new Int32Array(ids.length);
    for (let at = 0; at < ids.length; at++) entries[at] = ids[at] === NULL_ID ? 0 : ids[at] - 1;
    const sorted = this.#sorted?.places.length === this.#strings.size ? this.#sorted : undefined;
    if (sorted !== undefined) for (let at = 0; at < ids.length; at++) entries[at] = sorted.places[entries[at]];
    return { kind: 'dictionary', ids: entries, dictionary: sorted?.dictionary ?? this.#all, ...nullsOf(ids) };
  }

  retain(inUse: Uint8Array): Int32Array {
    const strings = this.#strings.retain((string) => inUse[string + 1] === 1);
    this.#memos = new WeakMap();
    this.#sorted = undefined;
    this.#several = true;
    this.#all.generation++;
    const renumbered = new Int32Array(strings.length + 1);
    for (let string = 0; string < strings.length; string++) {
      const id = strings[string];
      renumbered[string + 1] = id < 0 ? -1 : id + 1;
    }
    return renumbered;
  }

  #text(id: number): string {
    return decoder.decode(this.bytes(id));
  }

  /** The id of an entry that has none yet. */
  #meet(dictionary: Dictionary, memo: Memo, entry: number, slices: TextSlices | undefined): number {
    const id = this.#add(dictionary, entry, slices);
    memo.ids[entry] = id;
    if (entry === memo.inOrder && id === entry + 1) memo.inOrder++;
    return id;
  }

  /** @param slices where the dictionary's texts lie: taken from there one needs no view of its own */
  #add(dictionary: Dictionary, entry: number, slices: TextSlices | undefined): number {
    if (this.#several) return this.#strings.intern(dictionary.bytes(entry)) + 1;
    if (slices === undefined) return this.#strings.append(dictionary.bytes(entry)) + 1;
    return this.#strings.append(slices.bytes, slices.starts[entry], slices.starts[entry + 1]) + 1;
  }

  #memo(dictionary: Dictionary): Memo {
    const { generation, size } = dictionary;
    let memo = this.#memos.get(dictionary);
    if (memo === undefined || memo.generation !== generation) {
      if (this.#first === undefined) this.#first = { dictionary: new WeakRef(dictionary), generation };
      else if (this.#first.dictionary.deref() !== dictionary || this.#first.generation !== generation)
        this.#several = true;
      memo = { generation, ids: new Int32Array(Math.max(size, 16)), inOrder: 0 };
      this.#memos.set(dictionary, memo);
    } else if (memo.ids.length < size) {
      const larger = new Int32Array(Math.max(size, memo.ids.length * 2));
      larger.set(memo.ids);
      memo.ids = larger;
    }
    return memo;
  }
}
