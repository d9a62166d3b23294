import { afterEach, describe, expect, it } from 'vitest';
import { makeTopic, produce } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { freshet, start, until } from './run-freshet.js';
import { hasTmux, Terminal } from './tmux.js';

const address = await service(kafka);
const brokers = String(address);
const env = { ...process.env, KAFKA_BROKERS: brokers };

const row = (channel: string, day: number, subs: number, minute = 0) => ({
  key: channel,
  value: JSON.stringify({
    yt_channel_id: channel,
    harvest_ts: `2017-08-0${day}T02:0${minute}:00`,
    date: `2017-08-0${day}`,
    subs,
  }),
});

describe.skipIf(address === undefined)('a report of topics', () => {
  it('reads each as far as it goes now, and shows the newest of each key', async () => {
    const [daily, raw] = [await makeTopic(brokers), await makeTopic(brokers)];
    await produce(brokers, daily, [row('a', 1, 10), row('b', 1, 20), row('a', 1, 15, 1), row('a', 1, 12)]);
    await produce(brokers, raw, [
      { key: 'a', value: '{"yt_channel_id":"a","harvest_ts":"2017-08-01T02:00:00","subs":1}' },
      { key: 'a', value: '{"yt_channel_id":"a","harvest_ts":"2017-08-01T03:00:00","subs":2}' },
    ]);
    const { out, err, status } = await freshet(['report', '--once', daily, raw, '--format', 'csv'], '', { env });
    expect({ err, status }).toEqual({ err: '', status: 0 });
    expect(out.split('\n')).toEqual([
      'yt_channel_id,harvest_ts,date,subs',
      'a,2017-08-01T02:01:00,2017-08-01,15',
      'b,2017-08-01T02:00:00,2017-08-01,20',
      'yt_channel_id,harvest_ts,subs',
      'a,2017-08-01T02:00:00,1',
      'a,2017-08-01T03:00:00,2',
      '',
    ]);
    // Again: no group keeps how far it has come.
    expect((await freshet(['report', '--once', daily, raw, '--format', 'csv'], '', { env })).out).toBe(out);
  });

  it('tells of a topic that is missing', async () => {
    const { err, status } = await freshet(['report', '--once', freshName()], '', { env });
    expect(status).toBe(2);
    expect(err).toContain('there is no topic');
  });

  it('goes on as lines of plain text, from an empty topic on', async () => {
    const topic = await makeTopic(brokers);
    const child = start(['report', topic, '--plain', '--every', '200ms'], { env });
    let out = '';
    child.stdout?.on('data', (bytes) => {
      out += String(bytes);
    });
    await produce(brokers, topic, [row('a', 1, 10)]);
    await until('the first row', () =>
      out.includes(`${topic}: a, 2017-08-01: harvest_ts 2017-08-01T02:00:00, subs 10`),
    );
    await produce(brokers, topic, [row('a', 1, 17, 1)]);
    await until('its update', () => out.includes('subs 17 (7 more than before)'));
    child.kill('SIGTERM');
  });

  describe.skipIf(!hasTmux())('in a terminal', () => {
    let terminal: Terminal | undefined;
    afterEach(() => terminal?.close());

    it('shows each as a table that is updated, with its lag', async () => {
      const [one, two] = [await makeTopic(brokers), await makeTopic(brokers)];
      await produce(brokers, one, [row('a', 1, 10), row('a', 2, 30)]);
      terminal = await Terminal.open(110, 30, { KAFKA_BROKERS: brokers });
      terminal.type(`freshet report ${one} ${two}; echo "status $?"`, 'Enter');
      const first = await terminal.shows(/a +2017-08-02 +30 +\+20/);
      expect(first).toContain('lag 0');
      await produce(brokers, one, [row('a', 2, 34, 1)]);
      await terminal.shows(/a +2017-08-02 +34 +\+4 +\+24/);
      terminal.type('2');
      await terminal.shows('waiting for the first record');
      await produce(brokers, two, [row('z', 3, 7)]);
      await terminal.shows(/z +2017-08-03 +7/);
      terminal.type('q');
      await terminal.shows('status 0');
    });
  });
});
