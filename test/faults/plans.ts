import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { tailed } from '../endpoints/kafka/topics.js';
import { expectNewest, type Harvest, isNewer } from './newest-rows.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-faults-'));

/** A type of records with a region, which is no part of their key. */
function schemaFile(name: string, more: object = {}): string {
  const path = join(folder, `${name}.avsc`);
  const fields = [
    { name: 'yt_channel_id', type: 'string' },
    { name: 'harvest_ts', type: 'string' },
    { name: 'subs', type: 'long' },
    { name: 'region', type: 'string' },
  ];
  const freshet = { key: ['yt_channel_id'], time: 'harvest_ts', ...more };
  writeFileSync(path, JSON.stringify({ type: 'record', name, fields, freshet }));
  return path;
}
const HARVEST = schemaFile('harvest');
/** Of each channel and region the newest counts. */
const UPSERT = schemaFile('upsert', {
  derived: {
    from: 'harvest',
    primaryKey: ['yt_channel_id', 'region'],
    freshness: 'harvest_ts',
    table: { name: 'upsert' },
  },
});

/** What copies compute, and how their rows are judged. */
export interface Plan {
  readonly command: string;
  readonly judge: (address: string, topics: { readonly input: string; readonly output: string }) => Promise<void>;
}

interface Counted {
  readonly yt_channel_id?: string;
  readonly region?: string;
  readonly window_start: string;
  readonly count: number;
  readonly sum_subs: number | null;
  readonly records: number;
}

type By = 'yt_channel_id' | 'region';
const windowOf = ({ yt_channel_id, region, window_start }: Pick<Counted, By | 'window_start'>): string =>
  `${yt_channel_id ?? region} ${window_start.slice(0, 10)}`;
const groupOf = (by: By, record: Harvest): string => `${record[by]} ${record.harvest_ts.slice(0, 10)}`;
const countsOf = (counts: ReadonlyMap<string, readonly Harvest[]>): unknown[][] =>
  [...counts].map(([key, of]) => [key, of.length, of.reduce((sum, { subs }) => sum + subs, 0), of.length]).sort();

/** The last row of each window; each has more records than the one before. */
async function lastRows(address: string, output: string): Promise<Map<string, Counted>> {
  const last = new Map<string, Counted>();
  for (const { value } of await tailed(address, [output])) {
    const row = value as Counted;
    expect(row.records).toBeGreaterThan(last.get(windowOf(row))?.records ?? 0);
    last.set(windowOf(row), row);
  }
  return last;
}

/** The last row of each window counts each record once. */
const expectCounts =
  (by: By): Plan['judge'] =>
  async (address, { input, output }) => {
    const last = await lastRows(address, output);
    const expected = new Map<string, Harvest[]>();
    for (const { value } of await tailed(address, [input])) {
      const record = value as Harvest;
      const group = groupOf(by, record);
      expected.set(group, [...(expected.get(group) ?? []), record]);
    }
    const found = [...last].map(([key, { count, sum_subs, records }]) => [key, count, sum_subs, records]).sort();
    expect(found).toEqual(countsOf(expected));
  };

/** The last row of each window has the newest of each channel and region that are there, and no others. */
const expectUpserts =
  (by: By): Plan['judge'] =>
  async (address, { input, output }) => {
    const newest = new Map<string, Harvest>();
    /** What came into a window, and what left it. */
    const records = new Map<string, number>();
    const count = (window: string): unknown => records.set(window, (records.get(window) ?? 0) + 1);
    for (const { value } of await tailed(address, [input])) {
      const record = value as Harvest;
      const key = `${record.yt_channel_id} ${record.region}`;
      const before = newest.get(key);
      count(groupOf(by, record));
      if (before !== undefined && !isNewer(record, before)) continue;
      newest.set(key, record);
      if (before !== undefined && groupOf(by, before) !== groupOf(by, record)) count(groupOf(by, before));
    }
    const there = new Map([...records.keys()].map((window): [string, Harvest[]] => [window, []]));
    for (const record of newest.values()) there.get(groupOf(by, record))?.push(record);
    const last = await lastRows(address, output);
    const found = [...last].map(([key, row]) => [key, row.count, row.sum_subs ?? 0, row.records]).sort();
    expect(found).toEqual(countsOf(there).map((one) => [...one.slice(0, 3), records.get(String(one[0]))]));
  };

/** Each window's row comes once, and has what was not late by the order of its partition. */
const expectFinal =
  (by: By): Plan['judge'] =>
  async (address, { input, output }) => {
    const rows = (await tailed(address, [output])).map(({ value }) => value as Counted);
    const found = rows.map((row) => [windowOf(row), row.count, row.sum_subs, row.records]).sort();
    expect(found).toEqual(countsOf(await finalOf(address, input, by)));
  };

type Ratio = Pick<Counted, By | 'window_start'> & { readonly bad: number; readonly total: number };

/** The same for the ratio of each window. */
async function expectRatios(address: string, { input, output }: { input: string; output: string }): Promise<void> {
  const rows = (await tailed(address, [output])).map(({ value }) => value as Ratio);
  const found = rows.map((row) => [windowOf(row), row.bad, row.total]).sort();
  const expected = [...(await finalOf(address, input, 'yt_channel_id'))].map(([key, of]) => [
    key,
    of.filter(({ subs }) => subs > 500_000).length,
    of.length,
  ]);
  expect(found).toEqual(expected.sort());
}

/** The records of each window that is final, without those that were late. */
async function finalOf(address: string, input: string, by: By): Promise<Map<string, Harvest[]>> {
  const lateness = 5 * DAY_MS;
  const marks = new Map<number, number>();
  /** Of each channel. */
  const partitions = new Map<string, number>();
  const final = new Map<string, Harvest[]>();
  let late = 0;
  for (const { partition, value } of await tailed(address, [input])) {
    const record = value as Harvest;
    const time = Date.parse(`${record.harvest_ts}Z`);
    const mark = marks.get(partition) ?? Number.NEGATIVE_INFINITY;
    if (endOf(record) + lateness <= mark) late++;
    else final.set(groupOf(by, record), [...(final.get(groupOf(by, record)) ?? []), record]);
    marks.set(partition, Math.max(mark, time));
    partitions.set(record.yt_channel_id, partition);
  }
  for (const [key, of] of final) {
    const [first] = of;
    const own = marks.get(partitions.get(first?.yt_channel_id ?? '') ?? -1) ?? 0;
    const mark = by === 'region' ? Math.min(...marks.values()) : own;
    if (first !== undefined && endOf(first) + lateness > mark) final.delete(key);
  }
  expect(final.size).toBeGreaterThan(0);
  expect(late).toBeGreaterThan(0);
  return final;
}

const DAY_MS = 86_400_000;
const endOf = ({ harvest_ts }: Harvest): number => Date.parse(`${harvest_ts.slice(0, 10)}T00:00:00Z`) + DAY_MS;

export const NEWEST: Plan = { command: 'aggregate daily', judge: expectNewest };
export const COUNTS: Plan = {
  command: 'aggregate window --size 1d --by yt_channel_id --select count(),sum(subs)',
  judge: expectCounts('yt_channel_id'),
};
export const COUNTS_ACROSS: Plan = {
  command: `aggregate window --schema ${HARVEST} --size 1d --by region --select count(),sum(subs)`,
  judge: expectCounts('region'),
};

export const plans: readonly (readonly [string, Plan])[] = [
  ['the newest of each day', NEWEST],
  ['counts and sums of each day', COUNTS],
  [
    'final counts and sums, without what is late',
    {
      command:
        'aggregate window --size 1d --by yt_channel_id --select count(),sum(subs) --emit close --allowed-lateness 5d',
      judge: expectFinal('yt_channel_id'),
    },
  ],
  ['counts and sums of groups that lie across partitions', COUNTS_ACROSS],
  [
    'final ones of groups that lie across partitions, without what is late',
    {
      command: `aggregate window --schema ${HARVEST} --size 1d --by region --select count(),sum(subs) --emit close --allowed-lateness 5d`,
      judge: expectFinal('region'),
    },
  ],
  [
    'counts and sums of rows that others take the place of',
    {
      command: `aggregate window --schema ${UPSERT} --size 1d --by yt_channel_id --select count(),sum(subs)`,
      judge: expectUpserts('yt_channel_id'),
    },
  ],
  [
    'counts and sums of such rows in groups that lie across partitions',
    {
      command: `aggregate window --schema ${UPSERT} --size 1d --by region --select count(),sum(subs)`,
      judge: expectUpserts('region'),
    },
  ],
  [
    'ratios of a monitor, without what is late',
    {
      // Over 1 is none: a monitor that was breached ends with a status of its own.
      command: 'monitor ratio --schema yt --size 1d --by yt_channel_id --bad subs>500000 --max 1 --allowed-lateness 5d',
      judge: expectRatios,
    },
  ],
];
