import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { endsOf } from '../../src/cli/ends-of.js';
import { Feed } from '../../src/cli/report/feed.js';
import { ReportSink } from '../../src/report/report-sink.js';
import { freshet } from './run-freshet.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-feed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a table that is being read when its feed is stopped is not taken for whole', async () => {
  const store = `sqlite:${join(folder, 'a.db')}`;
  const rows = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T02:00:00","date":"2017-08-01","subs":1}\n';
  expect((await freshet(['store', 'daily', '--to', store], rows)).status).toBe(0);
  const told: string[] = [];
  const options = {
    ends: endsOf({}),
    choice: {},
    refresh: 1,
    show: (sentence: string) => told.push(sentence),
    masked: (sentence: string) => sentence,
  };
  const feed = new Feed(`${store}#yt_daily`, options, {
    open: (schema) => {
      told.push('open');
      // The second time it is stopped once it is open.
      if (told.length > 2) feed.stop();
      return new ReportSink(schema, 10);
    },
    endRound: () => told.push('whole'),
    ended: () => told.push('ended'),
    away: (reason) => told.push(reason),
    back: () => told.push('back'),
    failed: (reason) => told.push(reason),
  });
  await feed.open();
  await feed.run();
  expect(told).toEqual(['open', 'whole', 'open']);
});
