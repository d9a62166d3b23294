import type { Column, DictionaryColumn } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { TextIds } from '../keys/text-ids.js';
import type { RowLayout } from './accumulator.js';
import type { RowMemory } from './row-memory.js';
import type { ValueSlot } from './value-slot.js';

/** So many texts may be kept before those that no state refers to are looked for. */
const FEW = 4096;

/** Keeps a string or an enum's symbol, as an id. Each distinct text that was ever the winner is kept once. */
export class TextSlot implements ValueSlot {
  readonly #place: number;
  readonly #ids: TextIds;
  readonly #symbols: readonly string[] | undefined;
  #column: DictionaryColumn | undefined;
  #enough = FEW;

  constructor(layout: RowLayout, symbols?: readonly string[]) {
    this.#place = layout.word();
    this.#ids = new TextIds(symbols);
    this.#symbols = symbols;
  }

  open(column: Column): void {
    if (column.kind !== 'dictionary') bug(`a column of strings is ${column.kind}`);
    this.#column = column;
  }

  compare({ words }: RowMemory, at: number, row: number): number {
    const kept = words[at + this.#place];
    const column = this.#opened();
    const id = this.#ids.known(column, row);
    if (id === kept) return 0;
    if (this.#symbols !== undefined) return this.#ids.compare(this.#ids.idOf(column, row), kept);
    return Buffer.compare(column.dictionary.bytes(column.ids[row]), this.#ids.bytes(kept));
  }

  put({ words }: RowMemory, at: number, row: number): void {
    words[at + this.#place] = this.#ids.idOf(this.#opened(), row);
  }

  compareKept({ words }: RowMemory, at: number, others: RowMemory, from: number): number {
    const [a, b] = [others.words[from + this.#place], words[at + this.#place]];
    return a === b ? 0 : this.#ids.compare(a, b);
  }

  copy({ words }: RowMemory, at: number, others: RowMemory, from: number): void {
    words[at + this.#place] = others.words[from + this.#place];
  }

  column({ words }: RowMemory, rows: Int32Array, isKept: (at: number) => boolean): Column {
    return this.#ids.column(Int32Array.from(rows, (at) => (isKept(at) ? words[at + this.#place] : 0)));
  }

  tidy({ words }: RowMemory, rows: () => Int32Array, isKept: (at: number) => boolean): void {
    if (this.#ids.size < this.#enough) return;
    const kept = rows().filter(isKept);
    const inUse = new Uint8Array(this.#ids.size);
    for (const at of kept) inUse[words[at + this.#place]] = 1;
    const ids = this.#ids.retain(inUse);
    for (const at of kept) words[at + this.#place] = ids[words[at + this.#place]];
    this.#enough = Math.max(FEW, this.#ids.size * 2);
  }

  #opened(): DictionaryColumn {
    return this.#column ?? bug('no column of strings was opened');
  }
}
