import type { LiveTable } from './live-table.js';

/** What rows are sorted by: a field, what its measure has changed by, or when it changed. */
export type SortBy = { readonly place: number } | 'delta' | 'change';

export interface Order {
  readonly by: SortBy;
  readonly descending: boolean;
}

/** Sorting takes this share of the time at most, */
const SHARE = 0.1;
/** and rows keep their places for so long, milliseconds: what jumps can't be read. */
const CALM_MS = 250;

/** The slots of a table in the order in which they are shown, made anew now and then. */
export class RowOrder {
  #slots: number[] = [];
  #table: LiveTable | undefined;
  #version = -1;
  #settings = '';
  #due = 0;

  /** @param clock milliseconds */
  constructor(readonly clock: () => number = () => performance.now()) {}

  /** @param order absent: the table's own: the newest period first, then by key; records as they come, newest first */
  slots(table: LiveTable, order: Order | undefined, filter: string): readonly number[] {
    const settings = JSON.stringify([order, filter, table.measure]);
    // The first rows are not waited for.
    const isAsked = table !== this.#table || settings !== this.#settings || this.#slots.length === 0;
    const begun = this.clock();
    if (!isAsked && (table.version === this.#version || begun < this.#due)) return this.#slots;
    // What is nearly sorted is sorted fast.
    const kept = isAsked ? [...table.slots()] : this.#stillThere(table);
    this.#slots = sorted(table, matching(table, kept, filter), order);
    this.#table = table;
    this.#settings = settings;
    this.#version = table.version;
    const took = this.clock() - begun;
    this.#due = begun + took + Math.max(CALM_MS, took / SHARE);
    return this.#slots;
  }

  /** The slots in the order of before, and new ones behind them. */
  #stillThere(table: LiveTable): number[] {
    const all = new Set(table.slots());
    const kept = this.#slots.filter((slot) => all.delete(slot));
    for (const slot of all) kept.push(slot);
    return kept;
  }
}

function matching(table: LiveTable, slots: number[], filter: string): number[] {
  if (filter === '') return slots;
  const wanted = filter.toLowerCase();
  const cells = table.shape.columns.map((_, place) => table.cells(place));
  return slots.filter((slot) => cells.some((one) => one.text(slot).toLowerCase().includes(wanted)));
}

function sorted(table: LiveTable, slots: number[], order: Order | undefined): number[] {
  if (order === undefined) return slots.sort(ownOrder(table));
  const sign = order.descending ? -1 : 1;
  const tie = ownOrder(table);
  const compare = comparison(table, order.by);
  return slots.sort((left, right) => sign * compare(left, right) || tie(left, right));
}

function comparison(table: LiveTable, by: SortBy): (left: number, right: number) => number {
  if (by === 'change') return (left, right) => table.changedAt(left) - table.changedAt(right);
  if (by === 'delta') {
    return (left, right) => deltaOf(table, left) - deltaOf(table, right);
  }
  const cells = table.cells(by.place);
  return (left, right) => cells.compare(left, right);
}

/** What is not known has not changed. */
function deltaOf(table: LiveTable, slot: number): number {
  const delta = table.measured(slot) - table.before(slot);
  return Number.isNaN(delta) ? 0 : delta;
}

function ownOrder(table: LiveTable): (left: number, right: number) => number {
  const { period, series, key } = table.shape;
  if (key.length === 0) return (left, right) => table.changedAt(right) - table.changedAt(left) || right - left;
  const periods = period === undefined ? undefined : table.cells(period);
  const names = series.map((place) => table.cells(place));
  return (left, right) => {
    const byPeriod = periods?.compare(right, left) ?? 0;
    if (byPeriod !== 0) return byPeriod;
    for (const cells of names) {
      const order = cells.compare(left, right);
      if (order !== 0) return order;
    }
    return 0;
  };
}
