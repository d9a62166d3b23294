import type { Batch } from '../../records/batch.js';
import type { Derived, RecordSchema } from '../../records/schema.js';
import { KeyIds } from '../key-ids.js';
import type { Aggregates } from './aggregates.js';
import { RowChanges } from './row-changes.js';
import { RowEntries } from './row-entries.js';
import { RowStore } from './row-store.js';
import { StateMembers } from './state-members.js';
import type { RowPlace, TakenRows } from './taken-rows.js';
import { ROW, type WindowStates } from './window-states.js';

const NONE = -1;
const NOTHING = new Int32Array(0);
const ROWS_AT_ONCE = 4096;
/** So many primary keys may be kept before those without a row are looked for. */
const FEW_KEYS = 4096;

export interface NewestRowsOptions {
  readonly schema: RecordSchema;
  readonly derived: Derived;
  readonly states: WindowStates;
  readonly aggregates: Aggregates;
  /** The paths that the aggregates read. */
  readonly paths: readonly string[];
  /** The paths of the groups' fields. */
  readonly by: readonly string[];
  readonly kept: boolean;
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
  readonly #paths: readonly string[];
  readonly #keys: KeyIds;
  readonly #rows: RowStore;
  readonly #members: StateMembers;
  readonly #entries = new RowEntries();
  /** By primary key: the entry of its newest row. */
  #entryOf = new Int32Array(16).fill(NONE);
  #keyLimit = FEW_KEYS;
  /** States that rows came into or left. */
  readonly #unsettled = new Set<number>();
  /** What has changed since it was asked for the last time; absent where nobody asks. */
  readonly #changes: RowChanges | undefined;
  readonly #by: readonly string[];
  /** Replaced rows that were put back, by state and primary key: the last of each counts. */
  readonly #replaced = new Map<string, number>();

  constructor({ schema, derived, states, aggregates, paths, by, kept }: NewestRowsOptions) {
    this.#schema = schema;
    this.#states = states;
    this.#aggregates = aggregates;
    this.#paths = paths;
    this.#by = by;
    this.#changes = kept ? new RowChanges() : undefined;
    this.#keys = new KeyIds(schema, derived.primaryKey);
    this.#rows = new RowStore(schema, derived.freshness);
    this.#members = new StateMembers(aggregates.stride);
  }

  /** The paths of the input that it reads: all. */
  get paths(): readonly string[] {
    return this.#rows.paths;
  }

  /** How many rows are kept. */
  get size(): number {
    return this.#members.size - (this.#changes?.left.length ?? 0);
  }

  /** Takes rows in. States that another row has left are marked as changed. */
  take({ batch, selection, count, states, times, forms, firstOpen, closedUpTo }: TakenRows): void {
    this.#replaced.clear();
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
        if (this.#members.stateOf(before) !== state) this.#leaves(before, firstOpen[at]);
        const moved = this.#changes !== undefined && this.#rows.differ(at, before, this.#by);
        this.#retract(before, firstOpen[at], closedUpTo, moved);
      }
      this.#changes?.mark(key);
      const form = typeof forms === 'number' ? forms : forms[at];
      this.#entryOf[key] = this.#put(key, at, { state, time: times[at], form });
    }
    this.#rows.tidy(() => this.#inUse());
  }

  /**
   * Puts back rows that were the newest of their primary keys, or were in windows that go on when others took their
   * place, in the order in which they became so.
   */
  restore(batch: Batch, places: readonly RowPlace[]): void {
    const keys = this.#keys.assign(batch);
    this.#rows.read(batch, batch.selection, places.length);
    this.#makeRoom(this.#keys.size);
    places.forEach((place, at) => {
      const key = keys[at];
      const name = `${place.state} ${key}`;
      const before = place.isNewest ? this.#entryOf[key] : (this.#replaced.get(name) ?? NONE);
      if (before !== NONE) {
        this.#unsettled.add(this.#members.stateOf(before));
        this.#members.unlink(before);
        this.#members.release(before);
      }
      const entry = this.#put(key, at, place);
      if (place.isNewest) this.#entryOf[key] = entry;
      else this.#replaced.set(name, entry);
    });
    this.#rows.tidy(() => this.#inUse());
  }

  /** The entries that are to be kept, or to be kept anew. */
  takeChanged(): Int32Array {
    const changes = this.#changes;
    if (changes === undefined) return NOTHING;
    const newest = changes.takeKeys().map((key) => this.#entryOf[key]);
    const all = Int32Array.from(newest.concat(changes.replaced));
    changes.replaced = [];
    return all.filter((entry) => entry !== NONE && this.#members.stateOf(entry) !== NONE);
  }

  /** The entries whose primary key has a row of another group now. */
  get moved(): Int32Array {
    return this.#changes === undefined ? NOTHING : Int32Array.from(this.#changes.moved);
  }

  /** Forgets them, once their rows have been read. */
  forgetMoved(): void {
    const changes = this.#changes;
    if (changes === undefined) return;
    for (const entry of changes.left) this.#members.release(entry);
    changes.moved = [];
    changes.left = [];
  }

  /** The entries in some states. */
  entriesOf(states: Int32Array): Int32Array {
    const entries: number[] = [];
    for (const state of states) for (const entry of this.#members.of(state)) entries.push(entry);
    return Int32Array.from(entries);
  }

  /** Whether an entry is the newest row of its primary key. */
  isNewest(entry: number): boolean {
    return this.#entryOf[this.#entries.key(entry)] === entry;
  }

  /** The row of an entry's state; −1 where it is in none. */
  stateOf(entry: number): number {
    return this.#members.stateOf(entry);
  }

  /** An entry's event time, epoch milliseconds. */
  timeOf(entry: number): number {
    return this.#entries.time(entry);
  }

  /** The rows of some entries, whole. */
  batch(entries: Int32Array): Batch {
    return this.#rows.batch(this.#schema, this.#rows.paths, entries);
  }

  /** So many rows of nulls. */
  nulls(count: number): Batch {
    return this.#rows.nulls(this.#schema, count);
  }

  /** Computes the states anew that rows came into or left. */
  settle(): void {
    let members: number[] = [];
    for (const state of this.#unsettled) {
      this.#aggregates.clear(this.#states.memory, state);
      for (const entry of this.#members.of(state)) {
        if (members.push(entry) < ROWS_AT_ONCE) continue;
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
      const key = this.#entries.key(entry);
      if (this.#entryOf[key] === entry) this.#entryOf[key] = NONE;
      this.#members.unlink(entry);
      this.#members.release(entry);
    }
    this.#unsettled.delete(state);
  }

  /** Forgets primary keys that have no row, where there are many. */
  tidy(): void {
    if (this.#keys.size < this.#keyLimit) return;
    const inUse = new Uint8Array(this.#keys.size);
    for (const entry of this.#members.all()) inUse[this.#entries.key(entry)] = 1;
    const renumbered = this.#keys.retain(inUse);
    const before = this.#entryOf;
    this.#entryOf = new Int32Array(before.length).fill(NONE);
    for (const entry of this.#members.all()) {
      const key = renumbered[this.#entries.key(entry)];
      if (before[this.#entries.key(entry)] === entry) this.#entryOf[key] = entry;
      this.#entries.setKey(entry, key);
    }
    this.#keyLimit = Math.max(FEW_KEYS, this.#keys.size * 2);
  }

  #add(members: readonly number[]): void {
    if (members.length === 0) return;
    this.#aggregates.add(this.#states.memory, {
      batch: this.#rows.batch(this.#schema, this.#paths, Int32Array.from(members)),
      selection: undefined,
      count: members.length,
      states: Int32Array.from(members, (entry) => this.#members.stateOf(entry)),
      times: Float64Array.from(members, (entry) => this.#entries.time(entry)),
      forms: Uint32Array.from(members, (entry) => this.#entries.form(entry)),
    });
  }

  #put(key: number, at: number, { state, time, form }: Omit<RowPlace, 'isNewest'>): number {
    const entry = this.#members.add();
    this.#entries.set(entry, key, time, form);
    this.#rows.put(entry, at);
    this.#link(entry, state);
    return entry;
  }

  /** A row that leaves its windows is one more record of them: what is given out of them then is newer than before. */
  #leaves(entry: number, firstOpen: number): void {
    const { doubles } = this.#states.memory;
    const state = this.#members.stateOf(entry);
    if (doubles[state >> 1] >= firstOpen) doubles[(state >> 1) + ROW.records]++;
  }

  /**
   * Takes a row back from the windows that are still open; it stays in others until they are given out.
   * @param firstOpen the first window that is open to the row that comes
   * @param moved whether that is of another group
   */
  #retract(entry: number, firstOpen: number, closedUpTo: number, moved: boolean): void {
    const { words, doubles } = this.#states.memory;
    const state = this.#members.stateOf(entry);
    const last = doubles[state >> 1];
    if (moved) this.#changes?.moved.push(entry);
    if (last < firstOpen) {
      this.#changes?.replaced.push(entry);
      return;
    }
    const first = last - words[state + ROW.span] + 1;
    const group = words[state + ROW.group];
    this.#members.unlink(entry);
    this.#unsettled.add(state);
    this.#states.markChanged(state);
    if (first >= firstOpen || closedUpTo >= firstOpen - 1) {
      if (moved) this.#changes?.left.push(entry);
      else this.#members.release(entry);
      return;
    }
    const closed = this.#states.find(group, first, firstOpen - 1);
    this.#link(entry, closed === NONE ? this.#states.add(group, first, firstOpen - 1) : closed);
    this.#changes?.replaced.push(entry);
  }

  /** The entries whose values are needed. */
  *#inUse(): Generator<number> {
    yield* this.#members.all();
    yield* this.moved;
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
