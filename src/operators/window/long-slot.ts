import type { Column } from '../../records/columns.js';
import { compareLongs, joinLong, LongWords } from '../keys/long-words.js';
import { longColumn } from '../keys/number-ids.js';
import type { RowLayout } from './accumulator.js';
import type { RowMemory } from './row-memory.js';
import type { ValueSlot } from './value-slot.js';

/** Keeps a long, as two words. */
export class LongSlot implements ValueSlot {
  readonly #high: number;
  readonly #low: number;
  readonly #read = new LongWords();

  constructor(layout: RowLayout) {
    this.#high = layout.word();
    this.#low = layout.word();
  }

  open(column: Column): void {
    this.#read.of(column);
  }

  compare({ words }: RowMemory, at: number, row: number): number {
    return compareLongs(this.#read.high(row), this.#read.low(row), words[at + this.#high], words[at + this.#low]);
  }

  put({ words }: RowMemory, at: number, row: number): void {
    words[at + this.#high] = this.#read.high(row);
    words[at + this.#low] = this.#read.low(row);
  }

  compareKept({ words }: RowMemory, at: number, others: RowMemory, from: number): number {
    const [high, low] = [this.#high, this.#low];
    return compareLongs(others.words[from + high], others.words[from + low], words[at + high], words[at + low]);
  }

  copy({ words }: RowMemory, at: number, others: RowMemory, from: number): void {
    words[at + this.#high] = others.words[from + this.#high];
    words[at + this.#low] = others.words[from + this.#low];
  }

  column({ words }: RowMemory, rows: Int32Array): Column {
    return longColumn(Array.from(rows, (at) => joinLong(words[at + this.#high], words[at + this.#low])));
  }
}
