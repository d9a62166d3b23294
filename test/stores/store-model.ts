import { deriveRollup } from '../../src/records/derive.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import type { RecordSchema } from '../../src/records/schema.js';
import type { Row } from '../../src/records/value.js';

/** Daily rows of a type with a nullable number and a nullable text to break ties by. */
export const DAILY: RecordSchema = deriveRollup(
  parseSchema(
    {
      type: 'record',
      name: 'yt',
      fields: [
        { name: 'yt_channel_id', type: 'string' },
        { name: 'harvest_ts', type: 'string' },
        { name: 'subs', type: ['null', 'long'] },
        { name: 'note', type: ['string', 'null'] },
      ],
      freshet: {
        key: 'yt_channel_id',
        time: 'harvest_ts',
        tables: { daily: { name: 'yt_daily', columns: { yt_channel_id: 'channel' } } },
      },
    },
    'DAILY',
  ),
  'daily',
);

/** How a time is written. */
export type TimeStyle = 'naive' | 'zulu' | 'offset' | 'space';

export interface Harvest {
  readonly channel: string;
  readonly day: number;
  /** Seconds after the first of August 2017 in UTC, where the day's texts are taken from. */
  readonly second: number;
  /** Digits of the second's fraction, maybe none. */
  readonly fraction: string;
  readonly style: TimeStyle;
  readonly subs: number | bigint | null;
  readonly note: string | null;
}

export function rowOf({ channel, day, second, fraction, style, subs, note }: Harvest): Row {
  const shift = style === 'offset' ? 2 * 3600 : 0;
  const text = new Date(Date.UTC(2017, 7, 1) + (second + shift) * 1000).toISOString().slice(0, 19);
  const digits = fraction === '' ? '' : `.${fraction}`;
  const zone = style === 'zulu' ? 'Z' : style === 'offset' ? '+02:00' : '';
  return {
    yt_channel_id: channel,
    harvest_ts: `${style === 'space' ? text.replace('T', ' ') : text}${digits}${zone}`,
    date: `2017-08-${String(day).padStart(2, '0')}`,
    subs,
    note,
  };
}

/** The contract of a store, as slowly and plainly as it can be said: rows are written one by one into a map. */
export class StoreModel {
  readonly #rows = new Map<string, Harvest>();
  readonly counts = { rows: 0, applied: 0, stale: 0, tied: 0 };

  write(row: Harvest): void {
    const key = JSON.stringify([row.channel, row.day]);
    const there = this.#rows.get(key);
    const freshness = there === undefined ? 1 : compare(instantOf(row), instantOf(there));
    this.counts.rows++;
    if (there === undefined || freshness > 0 || (freshness === 0 && isGreater(row, there))) {
      this.#rows.set(key, row);
      this.counts.applied++;
    } else if (freshness === 0) this.counts.tied++;
    else this.counts.stale++;
  }

  rows(): Row[] {
    return sortedRows([...this.#rows.values()].map(rowOf));
  }
}

/** Rows in an order that does not depend on the store's. */
export function sortedRows(rows: readonly Row[]): Row[] {
  const text = (row: Row): string =>
    JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  return [...rows].sort((a, b) => compare(text(a), text(b)));
}

function instantOf({ second, fraction }: Harvest): bigint {
  return BigInt(second) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function isGreater(row: Harvest, there: Harvest): boolean {
  // null is the first branch of subs and so the least, and the second of note and so the greatest.
  const subs = compareNullable(row.subs, there.subs, -1, compare);
  const note = compareNullable(row.note, there.note, 1, (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const texts = compare(String(rowOf(row).harvest_ts), String(rowOf(there).harvest_ts));
  return (subs || note || texts) > 0;
}

function compareNullable<T>(a: T | null, b: T | null, ofNull: number, order: (a: T, b: T) => number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? ofNull : -ofNull;
  return order(a, b);
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
