import { compareTexts } from '../../../src/records/compare.js';
import { exactOf, nearestDouble } from './exact-number.js';

/**
 * Windows the slow, obvious way: every record is kept, every window is tried, every answer is computed from the
 * window's records with fractions.
 */

export interface Reading {
  readonly node: string;
  readonly value: number | null;
  readonly long: number | bigint | null;
  readonly word: string | null;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly partition: number;
}

export interface ModelOptions {
  /** Begins of all windows that might matter, and their ends. */
  readonly windows: readonly { readonly start: number; readonly end: number }[];
  readonly lateness: number;
  readonly partitions: number;
  readonly emit: 'update' | 'close';
}

export interface ModelRow {
  readonly node: string;
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly sum: number | null;
  readonly avg: number | null;
  readonly total: number | bigint | null;
  readonly min: number | null;
  readonly max: string | null;
  readonly latest: string | null;
  readonly records: number;
}

interface ModelWindow {
  readonly start: number;
  readonly end: number;
  closed: boolean;
  readonly groups: Map<string, { records: Reading[]; changed: boolean }>;
}

export class WindowModel {
  readonly #options: ModelOptions;
  readonly #windows: ModelWindow[];
  readonly #marks = new Map<number, number>();
  #closed = Number.NEGATIVE_INFINITY;
  /** Windows up to this one of the list are taken no more records into: set when the input was idle. */
  #idleUpTo = -1;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#windows = options.windows.map(({ start, end }) => ({ start, end, closed: false, groups: new Map() }));
    for (let partition = 0; partition < options.partitions; partition++) {
      this.#marks.set(partition, Number.NEGATIVE_INFINITY);
    }
  }

  /** Takes a record; false where it is late. */
  take(record: Reading): boolean {
    const { time, partition, node } = record;
    const reached = Math.max(this.#marks.get(partition) ?? Number.NEGATIVE_INFINITY, this.#closed);
    const own = this.#windows.filter(({ start, end }) => start <= time && time < end);
    const open = own.filter(
      (window) => !(window.end + this.#options.lateness <= reached) && this.#windows.indexOf(window) > this.#idleUpTo,
    );
    for (const { groups } of open) {
      const group = groups.get(node) ?? { records: [], changed: false };
      groups.set(node, group);
      group.records.push(record);
      group.changed = true;
    }
    this.#marks.set(partition, Math.max(this.#marks.get(partition) ?? this.#closed, time));
    const least = Math.min(...this.#marks.values());
    if (least > this.#closed) this.#closed = least;
    return own.length === 0 || open.length > 0;
  }

  flush(reason: 'tick' | 'idle' | 'end'): ModelRow[] {
    const rows: ModelRow[] = [];
    const last = this.#windows.findLastIndex(({ groups }) => groups.size > 0);
    if (reason === 'idle') this.#idleUpTo = Math.max(this.#idleUpTo, last);
    for (const [index, window] of this.#windows.entries()) {
      const final = window.end + this.#options.lateness <= this.#closed || index <= this.#idleUpTo;
      const closes = !window.closed && (final || (reason === 'end' && this.#options.emit === 'close'));
      for (const [node, group] of [...window.groups].toSorted(([a], [b]) => compareTexts(a, b))) {
        if (this.#options.emit === 'update' ? group.changed : closes) rows.push(rowOf(node, window, group.records));
        group.changed = false;
      }
      if (closes) window.closed = true;
    }
    return rows;
  }
}

function rowOf(node: string, { start, end }: ModelWindow, records: readonly Reading[]): ModelRow {
  const values = records.flatMap(({ value }) => value ?? []);
  const longs = records.flatMap(({ long }) => (long === null ? [] : [BigInt(long)]));
  const words = records.flatMap(({ word }) => word ?? []);
  const sum = values.reduce((total, value) => total + exactOf(value), 0n);
  const total = longs.reduce((all, long) => all + long, 0n);
  const withWord = records.filter(({ word }) => word !== null);
  const newest = Math.max(...withWord.map(({ time }) => time));
  const latest = withWord.filter(({ time }) => time === newest).flatMap(({ word }) => word ?? []);
  return {
    node,
    start,
    end,
    count: values.length,
    sum: values.length === 0 ? null : nearestDouble(sum),
    avg: values.length === 0 ? null : nearestDouble(sum, BigInt(values.length)),
    total: longs.length === 0 ? null : Number.isSafeInteger(Number(total)) ? Number(total) : total,
    min: values.length === 0 ? null : Math.min(...values),
    max: words.toSorted(compareTexts).at(-1) ?? null,
    latest: latest.toSorted(compareTexts).at(-1) ?? null,
    records: records.length,
  };
}
