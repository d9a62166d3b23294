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

/** Each row is newer than the one before of its key, and the last is the newest record. */
export async function expectNewest(
  address: string,
  { input, output }: { input: string; output: string },
): Promise<void> {
  const rows = (await tailed(address, [output])).map(({ value }) => value as Harvest);
  const last = new Map<string, Harvest>();
  for (const row of rows) {
    const before = last.get(keyOf(row));
    // None comes twice, none goes back.
    if (before !== undefined)
      expect(isNewer(row, before), `${JSON.stringify(row)} after ${JSON.stringify(before)}`).toBe(true);
    last.set(keyOf(row), row);
  }
  const newest = new Map<string, Harvest>();
  for (const { value } of await tailed(address, [input])) {
    const record = value as Harvest;
    const before = newest.get(keyOf(record));
    if (before === undefined || isNewer(record, before)) newest.set(keyOf(record), record);
  }
  const found = [...last].map(([key, { harvest_ts, subs }]) => [key, harvest_ts, subs]).sort();
  expect(found).toEqual([...newest].map(([key, { harvest_ts, subs }]) => [key, harvest_ts, subs]).sort());
}
