import { describe, expect, it } from 'vitest';
import { YtSimulation } from '../../../src/endpoints/produce/yt-simulation.js';
import { loadSchema } from '../../../src/pipeline/schema-files.js';
import { linesOf, recordsOf } from './produced.js';

const yt = loadSchema('yt');

describe('YtSimulation', () => {
  it('tells the same first day for the same seed on every machine', () => {
    expect(linesOf(new YtSimulation(yt, { days: 1, seed: 7 }), {})).toMatchInlineSnapshot(`
      [
        "{"yt_channel_id":"pew_die_pie","harvest_ts":"2017-08-01T02:19:48","subs":962}",
        "{"yt_channel_id":"michelle_phan","harvest_ts":"2017-08-01T04:50:10","subs":1250}",
        "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-01T05:31:36","subs":1132}",
        "{"yt_channel_id":"michelle_phan","harvest_ts":"2017-08-01T10:24:46","subs":1357}",
        "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-01T13:04:32","subs":1398}",
        "{"yt_channel_id":"pew_die_pie","harvest_ts":"2017-08-01T14:52:23","subs":1209}",
        "{"yt_channel_id":"pew_die_pie","harvest_ts":"2017-08-01T16:46:58","subs":1377}",
        "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-01T18:42:11","subs":1628}",
        "{"yt_channel_id":"michelle_phan","harvest_ts":"2017-08-01T23:58:16","subs":1604}",
      ]
    `);
  });

  it('harvests every channel so often a day, in the order of time', () => {
    const records = recordsOf(new YtSimulation(yt, { channels: 50, perDay: 4, days: 3 }), {});
    expect(records).toHaveLength(50 * 4 * 3);
    const times = records.map((record) => String(record.harvest_ts));
    expect(times).toEqual([...times].sort());
    const harvests = new Map<string, number>();
    for (const { yt_channel_id, harvest_ts } of records) {
      const key = `${yt_channel_id} ${String(harvest_ts).slice(0, 10)}`;
      harvests.set(key, (harvests.get(key) ?? 0) + 1);
    }
    expect(harvests.size).toBe(50 * 3);
    expect([...new Set(harvests.values())]).toEqual([4]);
  });

  it('spreads the harvests over the day', () => {
    const records = recordsOf(new YtSimulation(yt, { channels: 1, perDay: 3, days: 20 }), {});
    const rounds = records.map(({ harvest_ts }) => Math.floor(Number(String(harvest_ts).slice(11, 13)) / 8));
    expect(rounds).toEqual(Array.from({ length: 60 }, (_, at) => at % 3));
  });

  it('grows each channel by 50 to 500 subscribers a harvest', () => {
    const last = new Map<unknown, number>();
    const growths = recordsOf(new YtSimulation(yt, { channels: 5, days: 300 }), {}).flatMap((record) => {
      const before = last.get(record.yt_channel_id);
      last.set(record.yt_channel_id, Number(record.subs));
      return before === undefined ? [] : [Number(record.subs) - before];
    });
    expect(Math.min(...growths)).toBe(50);
    expect(Math.max(...growths)).toBe(500);
  });

  it('has the channels of its origin, then numbered ones', () => {
    const names = (channels: number): unknown[] =>
      [
        ...new Set(recordsOf(new YtSimulation(yt, { channels, days: 1 }), {}).map((record) => record.yt_channel_id)),
      ].sort();
    expect(names(2)).toEqual(['michelle_phan', 'pew_die_pie']);
    expect(names(5)).toEqual(['channel_4', 'channel_5', 'michelle_phan', 'new_york_times', 'pew_die_pie']);
  });

  it('harvests all channels before any a second time, in an order that changes', () => {
    const records = recordsOf(new YtSimulation(yt, { channels: 97, days: 2 }), {});
    const rounds = [0, 1, 2, 3, 4, 5].map((round) =>
      records.slice(round * 97, (round + 1) * 97).map((record) => record.yt_channel_id),
    );
    for (const round of rounds) expect(new Set(round).size).toBe(97);
    expect(new Set(rounds.map((round) => round.join())).size).toBe(6);
  });

  it('begins when it is told to', () => {
    const [first] = recordsOf(new YtSimulation(yt, { days: 1, start: Date.UTC(2020, 1, 29) }), {});
    expect(first?.harvest_ts).toMatch(/^2020-02-29T/);
  });

  it.each([
    ['channels', { channels: 0 }],
    ['channels', { channels: 1.5 }],
    ['per-day', { perDay: 100_000 }],
    ['days', { days: -1 }],
  ])('refuses a wrong --%s', (flag, options) => {
    expect(() => new YtSimulation(yt, options)).toThrow(`--${flag} is `);
  });
});
