import { RowMemory } from './row-memory.js';

/** What is kept of an entry, in words and in doubles. */
const ENTRY = { time: 0, form: 2, key: 3, words: 4 } as const;

/** Of rows that are kept, by entry: their event time, how it was written, and their primary key. */
export class RowEntries {
  readonly #memory = new RowMemory();

  /** @param time epoch milliseconds */
  set(entry: number, key: number, time: number, form: number): void {
    const at = entry * ENTRY.words;
    this.#memory.need(at + ENTRY.words);
    this.#memory.doubles[at / 2 + ENTRY.time] = time;
    this.#memory.words[at + ENTRY.form] = form;
    this.#memory.words[at + ENTRY.key] = key;
  }

  setKey(entry: number, key: number): void {
    this.#memory.words[entry * ENTRY.words + ENTRY.key] = key;
  }

  key(entry: number): number {
    return this.#memory.words[entry * ENTRY.words + ENTRY.key];
  }

  time(entry: number): number {
    return this.#memory.doubles[(entry * ENTRY.words) / 2 + ENTRY.time];
  }

  form(entry: number): number {
    return this.#memory.words[entry * ENTRY.words + ENTRY.form];
  }
}
