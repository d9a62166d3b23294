import { describe, expect, it } from 'vitest';
import { makeTopic, produce, tailed } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { type Ended, freshet, inFolder } from './run-freshet.js';

const brokers = await service(kafka);
const address = String(brokers);
const env = { ...process.env, KAFKA_BROKERS: address };

const harvest = (day: number, subs: number) => ({
  key: 'a',
  value: JSON.stringify({
    yt_channel_id: 'a',
    harvest_ts: `2017-08-${String(day).padStart(2, '0')}T10:00:00`,
    date: `2017-08-${String(day).padStart(2, '0')}`,
    subs,
  }),
});
const poison = { key: 'a', value: '{' };
/** Thirty days, of which the 11th and the 21st can't be read. */
const messages = Array.from({ length: 30 }, (_, at) => (at === 10 || at === 20 ? poison : harvest(at + 1, at)));
const daysOf = (out: string): number[] => [...out.matchAll(/^a,.*,2017-08-(\d\d),/gm)].map(([, day]) => Number(day));
const days = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe.skipIf(brokers === undefined)('of a topic that is read in a group, a record that ends the run', () => {
  it('is met again by the next run, which passes over nothing', async () => {
    await inFolder(async (cwd) => {
      const topic = await makeTopic(address);
      await produce(address, topic, messages);
      const store = (...flags: string[]): Promise<Ended> =>
        freshet(
          [
            'store',
            'daily',
            '--from',
            `kafka:${topic}`,
            '--to',
            'sqlite:t.db',
            '--group',
            topic,
            '--until-end',
            ...flags,
          ],
          '',
          { cwd, env },
        );
      const stored = async (): Promise<number[]> =>
        daysOf(
          (await freshet(['report', '--once', '--limit', '0', '--format', 'csv', 'sqlite:t.db'], '', { cwd })).out,
        );
      for (let times = 0; times < 2; times++) {
        const strict = await store('--strict');
        expect([strict.status, strict.err]).toEqual([3, expect.stringContaining(`${topic}:0:10: not JSON`)]);
        expect(await stored()).toEqual(days(1, 10));
      }
      const some = await store('--max-dead', '1');
      expect([some.status, some.err]).toEqual([
        3,
        expect.stringContaining('2 dead letters are more than --max-dead 1'),
      ]);
      expect(await stored()).toEqual([...days(1, 10), ...days(12, 20)]);
      expect((await store()).status).toBe(0);
      expect(await stored()).toEqual([...days(1, 10), ...days(12, 20), ...days(22, 30)]);
    });
  });

  it('leaves rows, state and positions as one where they are one transaction', async () => {
    await inFolder(async (cwd) => {
      const [topic, output, dead] = await Promise.all([makeTopic(address), makeTopic(address), makeTopic(address)]);
      await produce(address, topic, messages);
      const aggregate = (...flags: string[]): Promise<Ended> =>
        freshet(
          [
            ...['aggregate', 'daily', '--from', `kafka:${topic}`, '--to', `kafka:${output}`, '--until-end'],
            ...['--group', freshNameOf(topic), ...flags],
          ],
          '',
          { cwd, env },
        );
      const rows = async (): Promise<unknown[]> =>
        (await tailed(address, [output])).map(({ value }) => (value as { subs: number }).subs);
      expect((await aggregate('--strict')).status).toBe(3);
      expect(await rows()).toEqual(days(0, 9));
      // What is kept as a dead letter need not be met again.
      expect((await aggregate('--max-dead', '0', '--dead', `kafka:${dead}`)).status).toBe(3);
      expect((await aggregate('--max-dead', '0', '--dead', `kafka:${dead}`)).status).toBe(3);
      expect((await aggregate('--dead', `kafka:${dead}`)).status).toBe(0);
      expect(await rows()).toEqual([...days(0, 9), ...days(11, 19), ...days(21, 29)]);
      expect((await tailed(address, [dead])).map(({ value }) => (value as { offset: number }).offset)).toEqual([
        10, 20,
      ]);
    });
  });
});

const groups = new Map<string, string>();
function freshNameOf(topic: string): string {
  const group = groups.get(topic) ?? freshName('group');
  groups.set(topic, group);
  return group;
}
