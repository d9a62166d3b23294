import { expect } from 'vitest';
import { tailed } from '../endpoints/kafka/topics.js';

export interface Harvest {
  readonly yt_channel_id: string;
  readonly harvest_ts: string;
  readonly subs: number;
  /** Channels of all partitions have some of each. */
  readonly region: string;
}

export const keyOf = ({ yt_channel_id, harvest_ts }: Harvest): string => `${yt_channel_id} ${harvest_ts.slice(0, 10)}`;
/** At equal times the greater `subs` wins. */
export const isNewer = (a: Harvest, b: Harvest): boolean =>
  a.harvest_ts === b.harvest_ts ? a.subs > b.subs : a.harvest_ts > b.harvest_ts;

/** The newest record of each channel and day, by keyOf(). */
export function newestOf(records: readonly Harvest[]): Map<string, Harvest> {
  const newest = new Map<string, Harvest>();
  for (const record of records) {
    const before = newest.get(keyOf(record));
    if (before === undefined || isNewer(record, before)) newest.set(keyOf(record), record);
  }
  return newest;
}

/** Each row is newer than the one before of its key, and the last is the newest record of the input. */
export async function expectNewest(
  address: string,
  { input, output }: { input: string; output: string },
): Promise<void> {
  const records = (await tailed(address, [input])).map(({ value }) => value as Harvest);
  await expectNewestOf(records, address, output);
}

/** The same of records that are known. */
export async function expectNewestOf(records: readonly Harvest[], address: string, output: string): Promise<void> {
  const rows = (await tailed(address, [output])).map(({ value }) => value as Harvest);
  const last = new Map<string, Harvest>();
  for (const row of rows) {
    const before = last.get(keyOf(row));
    // None comes twice, none goes back.
    if (before !== undefined)
      expect(isNewer(row, before), `${JSON.stringify(row)} after ${JSON.stringify(before)}`).toBe(true);
    last.set(keyOf(row), row);
  }
  const cells = (newest: ReadonlyMap<string, Harvest>): unknown[][] =>
    [...newest].map(([key, { harvest_ts, subs }]) => [key, harvest_ts, subs]).sort();
  expect(cells(last)).toEqual(cells(newestOf(records)));
}
