import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTopic, produce, tailed } from '../endpoints/kafka/topics.js';
import { alterTopic } from '../pipeline/alter-topic.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { type Ended, freshet, inFolder } from './run-freshet.js';

const brokers = await service(kafka);
const address = String(brokers);
const env = { ...process.env, KAFKA_BROKERS: address };
const run = (cwd: string, ...args: string[]): Promise<Ended> => freshet(args, '', { cwd, env });

/** Random enough not to be made small. */
const noise = (length: number, seed: number): string => {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 27).toString(32);
  }).join('');
};
const channel = (name: string, day: number, subs: number) => ({
  key: name,
  value: JSON.stringify({ yt_channel_id: name, harvest_ts: `2017-08-0${day}T10:00:00`, subs }),
});
const daily = (from: string, ...more: string[]): string[] => ['aggregate', 'daily', '--from', `kafka:${from}`, ...more];

describe.skipIf(brokers === undefined)('a row that is too large for its topic', () => {
  it('is a dead letter of the transaction that has the others', async () => {
    await inFolder(async (cwd) => {
      const [input, output, dead] = await Promise.all([makeTopic(address), makeTopic(address), makeTopic(address)]);
      await alterTopic(address, output, { 'max.message.bytes': '20000' });
      const large = noise(60_000, 7);
      await produce(address, input, [channel('a', 1, 1), channel(large, 1, 2), channel('b', 1, 3)]);
      const group = freshName('group');
      const args = daily(input, '--to', `kafka:${output}`, '--dead', `kafka:${dead}`, '--until-end', '--group', group);
      expect(await run(cwd, ...args, '--log-format', 'json')).toMatchObject({
        status: 0,
        err: expect.stringContaining('"rows":3,"late":0,"dead":1'),
      });
      expect((await tailed(address, [output])).map(({ value }) => (value as { subs: number }).subs)).toEqual([1, 3]);
      const [letter, ...others] = (await tailed(address, [dead])).map(({ value }) => value as Record<string, string>);
      expect(others).toEqual([]);
      expect(letter?.reason).toMatch(/^the topic takes no record of \d+ bytes \(max\.message\.bytes\)$/);
      expect(JSON.parse(letter?.raw ?? '')).toMatchObject({ yt_channel_id: large, subs: 2 });
    });
  });

  it('is kept in the state of a group whose topics take it', async () => {
    await inFolder(async (cwd) => {
      const [input, output] = await Promise.all([makeTopic(address), makeTopic(address)]);
      for (const topic of [input, output]) await alterTopic(address, topic, { 'max.message.bytes': '9000000' });
      const fields = ['id', 'at', 'note'].map((name) => ({ name, type: 'string' }));
      const schema = { type: 'record', name: 'noted', fields, freshet: { key: ['id'], time: 'at' } };
      writeFileSync(join(cwd, 'noted.avsc'), JSON.stringify(schema));
      const of = ['--schema', 'noted.avsc'];
      const write = (at: string, note: string): Promise<Ended> =>
        freshet(
          ['store', 'raw', ...of, '--to', `kafka:${input}?compression=none`],
          JSON.stringify({ id: 'a', at: `2017-08-01T${at}`, note }),
          { cwd, env },
        );
      const args = [...daily(input, '--to', `kafka:${output}`, '--until-end', '--group', freshName('group')), ...of];
      expect(await write('11:00:00', noise(2_000_000, 3))).toMatchObject({ err: '', status: 0 });
      expect(await run(cwd, ...args)).toMatchObject({ err: '', status: 0 });
      // An older one of the same day.
      expect((await write('10:00:00', 'short')).status).toBe(0);
      expect((await run(cwd, ...args)).status).toBe(0);
      const rows = (await tailed(address, [output])).map(({ value }) => value as { at: string; note: string });
      expect(rows.map(({ at, note }) => [at, note.length])).toEqual([['2017-08-01T11:00:00', 2_000_000]]);
    });
  });

  it('ends the run where dead letters, or copies, have no room for it', async () => {
    await inFolder(async (cwd) => {
      const [input, output, dead] = await Promise.all([makeTopic(address), makeTopic(address), makeTopic(address)]);
      await alterTopic(address, dead, { 'max.message.bytes': '5000' });
      const broken = `{"yt_channel_id":"${noise(8000, 5)}"}`;
      await produce(address, input, [channel('a', 1, 1), { key: 'b', value: broken }]);
      const args = daily(input, '--to', `kafka:${output}`, '--until-end', '--group', freshName('group'));
      const full = await run(cwd, ...args, '--dead', `kafka:${dead}`);
      expect(full).toMatchObject({ status: 4, err: expect.stringContaining(`topic ${dead} takes no record of`) });
      expect(full.err).toContain('max.message.bytes=');
      expect(await valuesIn(output)).toEqual([]);
      await alterTopic(address, dead, { 'max.message.bytes': '100000' });
      expect((await run(cwd, ...args, '--dead', `kafka:${dead}`)).status).toBe(0);
      expect((await valuesIn(dead)).length).toBe(1);
      expect((await valuesIn(output)).length).toBe(1);
      await alterTopic(address, dead, { 'max.message.bytes': '5000' });
      const copied = await run(cwd, 'tail', input, '--offset', 'beginning', '-e', '--to', `kafka:${dead}`);
      expect(copied).toMatchObject({ status: 4, err: expect.stringContaining(`topic ${dead} takes no record of`) });
    });
  });
});

async function valuesIn(topic: string): Promise<unknown[]> {
  return (await tailed(address, [topic])).map(({ value }) => value);
}
