import type { Batch } from '../../records/batch.js';
import type { Derived, RecordSchema } from '../../records/schema.js';
import { KeyIds } from '../key-ids.js';
import type { Aggregates } from './aggregates.js';
import { RowMemory } from './row-memory.js';
import { RowStore } from './row-store.js';
import { StateMembers } from './state-members.js';
import { ROW, type WindowStates } from './window-states.js';

const NONE = -1;
const ROWS_AT_ONCE = 4096;
/** So many primary keys may be kept before those without a row are looked for. */
const FEW_KEYS = 4096;
/** What is kept of an entry, in words and in doubles: when its row came, by event time, and whose it is. */
const ENTRY = { time: 0, form: 2, key: 3, words: 4 } as const;

/** Rows of a derived type, by their place among those that take part. */
export interface TakenRows {
  readonly batch: Batch;
  readonly selection: Int32Array | undefined;
  readonly count: number;
  /** The state of each; −1 where it is in none. */
  readonly states: Int32Array;
  readonly times: Float64Array;
  readonly forms: Uint32Array | number;
  /** The first window that was open when each of them came. */
  readonly firstOpen: Float64Array;
}

/**
 * What an aggregate over derived rows (daily rows into a total, say) is made of: of each primary key the newest row
 * only, as such rows are upserts. Newest is the greatest freshness; at equal freshness the row that is greater by its
 * remaining fields. As min, max and a rounded sum can't be taken back, the states that a row came into or left are
 * computed anew from their rows when they are given out.
 *
 * A row that another takes the place of stays where its windows are closed: they are final. Once it is in closed
 * windows only, its primary key is forgotten with it.
 */
export class NewestRows {
  readonly #schema: RecordSchema;
  readonly #states: WindowStates;
  readonly #aggregates: Aggregates;
  /** The paths that the aggregates read. */
  readonly #paths: readonly string[];
  readonly #keys: KeyIds;
  readonly #rows: RowStore;
  readonly #members: StateMembers;
  readonly #entries = new RowMemory();
  /** By primary key: the entry of its newest row. */
  #entryOf = new Int32Array(16).fill(NONE);
  #keyLimit = FEW_KEYS;
  /** States that rows came into or left. */
  readonly #unsettled = new Set<number>();

  constructor(
    schema: RecordSchema,
    derived: Derived,
    states: WindowStates,
    aggregates: Aggregates,
    paths: readonly string[],
  ) {
    this.#schema = schema;
    this.#states = states;
    this.#aggregates = aggregates;
    this.#paths = paths;
    this.#keys = new KeyIds(schema, derived.primaryKey);
    this.#rows = new RowStore(schema, derived.freshness);
    this.#members = new StateMembers(aggregates.stride);
  }

  /** The paths of the input that it reads: all. */
  get reads(): readonly string[] {
    return this.#rows.paths;
  }

  /** How many rows are kept. */
  get size(): number {
    return this.#members.size;
  }

  /** Takes rows in. States that another row has left are marked as changed. */
  take({ batch, selection, count, states, times, forms, firstOpen }: TakenRows): void {
    const keys = this.#keys.assign(batch);
    this.#rows.read(batch, selection, count);
    this.#makeRoom(this.#keys.size);
    for (let at = 0; at < count; at++) {
      const state = states[at];
      if (state === NONE) continue;
      const key = keys[at];
      const before = this.#entryOf[key];
      if (before !== NONE) {
        if (this.#rows.compare(at, before) <= 0) continue;
        this.#retract(before, firstOpen[at]);
      }
      const entry = this.#members.add();
      this.#describe(entry, key, times[at], typeof forms === 'number' ? forms : forms[at]);
      this.#entryOf[key] = entry;
      this.#rows.put(entry, at);
      this.#link(entry, state);
    }
    this.#rows.tidy(() => this.#members.all());
  }

  /** Computes the states anew that rows came into or left. */
  settle(): void {
    let members: number[] = [];
    for (const state of this.#unsettled) {
      this.#aggregates.clear(this.#states.memory, state);
      for (const entry of this.#members.of(state)) {
        members.push(entry);
        if (members.length < ROWS_AT_ONCE) continue;
        this.#add(members);
        members = [];
      }
    }
    this.#add(members);
    this.#unsettled.clear();
  }

  /** Forgets the rows of a state that is going to be removed. */
  forget(state: number): void {
    for (const entry of this.#members.of(state)) {
      const key = this.#entries.words[entry * ENTRY.words + ENTRY.key];
      if (this.#entryOf[key] === entry) this.#entryOf[key] = NONE;
      this.#members.unlink(entry);
      this.#members.release(entry);
    }
    this.#unsettled.delete(state);
  }

  /** Forgets primary keys that have no row, where there are many. */
  tidy(): void {
    if (this.#keys.size < this.#keyLimit) return;
    const { words } = this.#entries;
    const keyOf = (entry: number): number => words[entry * ENTRY.words + ENTRY.key];
    const inUse = new Uint8Array(this.#keys.size);
    for (const entry of this.#members.all()) inUse[keyOf(entry)] = 1;
    const renumbered = this.#keys.retain(inUse);
    const before = this.#entryOf;
    this.#entryOf = new Int32Array(before.length).fill(NONE);
    for (const entry of this.#members.all()) {
      const key = renumbered[keyOf(entry)];
      if (before[keyOf(entry)] === entry) this.#entryOf[key] = entry;
      words[entry * ENTRY.words + ENTRY.key] = key;
    }
    this.#keyLimit = Math.max(FEW_KEYS, this.#keys.size * 2);
  }

  #add(members: readonly number[]): void {
    if (members.length === 0) return;
    const { words, doubles } = this.#entries;
    this.#aggregates.add(this.#states.memory, {
      batch: this.#rows.batch(this.#schema, this.#paths, Int32Array.from(members)),
      selection: undefined,
      count: members.length,
      states: Int32Array.from(members, (entry) => this.#members.stateOf(entry)),
      times: Float64Array.from(members, (entry) => doubles[(entry * ENTRY.words) / 2 + ENTRY.time]),
      forms: Uint32Array.from(members, (entry) => words[entry * ENTRY.words + ENTRY.form]),
    });
  }

  /** Takes a row back from the windows that are still open. */
  #retract(entry: number, firstOpen: number): void {
    const { words, doubles } = this.#states.memory;
    const state = this.#members.stateOf(entry);
    const last = doubles[state >> 1];
    if (last < firstOpen) return;
    const first = last - words[state + ROW.span] + 1;
    const group = words[state + ROW.group];
    this.#members.unlink(entry);
    this.#unsettled.add(state);
    this.#states.markChanged(state);
    if (first >= firstOpen) {
      this.#members.release(entry);
      return;
    }
    const closed = this.#states.find(group, first, firstOpen - 1);
    this.#link(entry, closed === NONE ? this.#states.add(group, first, firstOpen - 1) : closed);
  }

  #describe(entry: number, key: number, time: number, form: number): void {
    const at = entry * ENTRY.words;
    this.#entries.need(at + ENTRY.words);
    this.#entries.doubles[at / 2 + ENTRY.time] = time;
    this.#entries.words[at + ENTRY.form] = form;
    this.#entries.words[at + ENTRY.key] = key;
  }

  #link(entry: number, state: number): void {
    this.#members.link(entry, state);
    this.#unsettled.add(state);
  }

  #makeRoom(keys: number): void {
    if (this.#entryOf.length >= keys) return;
    const larger = new Int32Array(Math.max(keys, this.#entryOf.length * 2)).fill(NONE);
    larger.set(this.#entryOf);
    this.#entryOf = larger;
  }
}
