import { AssignerProtocol } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { makeTopic, membersOf, produce } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { type Ended, ended, freshet, inFolder, rowsOf, start, until } from './run-freshet.js';

const brokers = await service(kafka);
const address = String(brokers);
const env = { ...process.env, KAFKA_BROKERS: address };
const run = (args: readonly string[], cwd?: string): Promise<Ended> =>
  freshet(args, '', { env, ...(cwd === undefined ? {} : { cwd }) });
const harvest = (name: string, subs: number) => ({
  key: name,
  value: JSON.stringify({ yt_channel_id: name, harvest_ts: '2017-08-01T10:00:00', subs }),
});

describe.skipIf(brokers === undefined)('several --from of topics', () => {
  it('are one stream, which copies share, and state is kept of', async () => {
    const [one, two] = await Promise.all([makeTopic(address), makeTopic(address, { numPartitions: 2 })]);
    const group = freshName('group');
    const args = ['aggregate', 'total', '--schema', 'yt', '--select', 'sum(subs) as subs, count() as n'];
    const from = ['--from', `kafka:${one}`, '--from', `kafka:${two}`, '--until-end', '--group', group];
    await produce(address, one, [harvest('a', 1)]);
    await produce(address, two, [harvest('a', 2), harvest('b', 4)]);
    expect(rowsOf((await run([...args, ...from])).out)).toEqual([expect.objectContaining({ subs: 7, n: 3 })]);
    await produce(address, two, [harvest('c', 8)]);
    const again = await run([...args, ...from, '--log-format', 'json']);
    expect(rowsOf(again.out)).toEqual([expect.objectContaining({ subs: 15, n: 4 })]);
    const [resumed] = rowsOf(again.err).filter(({ event }) => event === 'resumed');
    expect(resumed).toMatchObject({ group, states: 1, positions: { [`${one}:0`]: 1 } });
  });

  it('that are read in several ways are refused, in place of losing what the other reads', async () => {
    const topic = await makeTopic(address, { numPartitions: 2 });
    const of = (type: string): string[] => ['--from', `kafka:${topic}?header=type:${type}`];
    const args = ['store', 'raw', '--schema', 'yt', ...of('click'), ...of('view'), '--to', '-', '--until-end'];
    expect(await run(args)).toMatchObject({
      status: 2,
      err: expect.stringContaining('one run reads topics in one way'),
    });
    const [group, other] = [freshName('group'), ['store', 'raw', '--schema', 'yt', '--to', '-', '--group']];
    const clicks = start([...other, group, ...of('click')], { env });
    const told = ended(clicks);
    await membersOf(address, group);
    expect(await run([...other, group, ...of('view')])).toMatchObject({
      status: 2,
      err: expect.stringContaining(`group ${group} has a member that reads`),
    });
    clicks.kill('SIGTERM');
    await told;
  });

  it('are told to the broker by name, not by pattern: it forgets positions of others', async () => {
    const name = freshName('many');
    for (const one of ['1', '2']) await makeTopic(address, { topic: `${name}.${one}` });
    const group = freshName('group');
    const copy = start(['store', 'raw', '--schema', 'yt', '--from', `kafka:${name}.*`, '--group', group], { env });
    const told = ended(copy);
    const [member] = await membersOf(address, group);
    expect(AssignerProtocol.MemberMetadata.decode(member ?? Buffer.alloc(0))?.topics.sort()).toEqual([
      `${name}.1`,
      `${name}.2`,
    ]);
    copy.kill('SIGTERM');
    await told;
  });
});

describe.skipIf(brokers === undefined)('a restart', () => {
  it('tells what it goes on from', async () => {
    await inFolder(async (cwd) => {
      const [topic, output] = await Promise.all([makeTopic(address), makeTopic(address)]);
      await produce(address, topic, [harvest('a', 1), harvest('b', 2)]);
      const group = freshName('group');
      const args = ['aggregate', 'daily', '--from', `kafka:${topic}`, '--to', `kafka:${output}`, '--group', group];
      // The first has nothing to tell, and one that ends by itself, as cron starts it, is not asked.
      for (let times = 0; times < 2; times++) expect((await run([...args, '--until-end'], cwd)).err).toBe('');
      const copy = start(args, { env, cwd });
      let err = '';
      copy.stderr?.on('data', (bytes) => {
        err += String(bytes);
      });
      const told = ended(copy);
      await until('the line', () => err.includes('goes on'));
      copy.kill('SIGTERM');
      await told;
      expect(err).toBe(`freshet: group ${group} goes on: ${topic}:0 at 2, with 2 states\n`);
    });
  });
});
