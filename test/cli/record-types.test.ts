import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTopic, produce, tailed } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { freshet, inFolder, rowsOf } from './run-freshet.js';

const address = await service(kafka);
const brokers = String(address);
const env = { ...process.env, KAFKA_BROKERS: brokers };

/** The rows that `aggregate daily` and the like give, and the summary. */
async function run(...args: string[]) {
  const { out, err, status } = await freshet([...args, '--until-end', '--log-format', 'json'], '', { env });
  const summary: Record<string, unknown> = rowsOf(err).at(-1) ?? {};
  expect([status, summary.event]).toEqual([0, 'summary']);
  return { rows: rowsOf(out), summary };
}

/** A record of this machine's /proc. */
async function sample(record: string): Promise<string> {
  return (await freshet(['produce', 'cpu', '--record', record, '--count', '1'])).out.trim();
}

const pair = (a: number): string => `{"a":${a},"b":0}`;

describe.skipIf(address === undefined)('records of one type among others of a topic', () => {
  it('are told apart by their key, as a connector writes them', async () => {
    const topic = await makeTopic(brokers);
    const [info, processes] = ['MachineInfo', 'ProcessInfo'];
    await produce(brokers, topic, [
      { key: info, value: await sample('machine') },
      { key: processes, value: await sample('process') },
      { key: 'MachineInf', value: 'no JSON' },
      { key: `${info}s`, value: 'no JSON' },
      { key: null, value: 'no JSON' },
      { key: processes, value: null },
      { key: processes, value: '{"machine_id":"m","timestamp":3' },
    ]);
    const from = (key: string): string[] => ['--from', `kafka:${topic}?key=${key}`, '--to', '-'];
    const machines = await run('store', 'raw', '--schema', 'machine_info', ...from(info));
    expect(machines.rows).toMatchObject([{ cpu_info: {}, mem_info: {} }]);
    expect(machines.summary).toMatchObject({ records: 1, dead: 0, tombstones: 0, others: 6 });
    const { rows, summary } = await run('store', 'raw', '--schema', 'process_info', ...from(processes));
    expect(rows).toMatchObject([{ stat: { cpu_all: {} } }]);
    expect(summary).toMatchObject({ records: 2, dead: 1, tombstones: 1, others: 4 });
  });

  it('are told apart by a header, which freshet writes', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 3 });
    for (const [name, first] of [
      ['x:even', 2],
      ['ünïcode', 1],
    ] as const) {
      const lines = Array.from({ length: 300 }, (_, n) => `${pair(first + 2 * n)}\n`).join('');
      const to = `kafka:${topic}?header=type:${encodeURIComponent(name)}&compression=snappy`;
      const { status } = await freshet(['store', 'raw', '--schema', 'pair', '--to', to], lines, { env });
      expect(status).toBe(0);
    }
    await produce(brokers, topic, [
      { value: pair(5), headers: { type: ['x:odd', 'x:even'], other: 'x' } },
      { value: pair(7), headers: { Type: 'x:even' } },
      { value: pair(9) },
    ]);
    const headers = (await tailed(brokers, [topic])).slice(0, 600).map((record) => JSON.stringify(record.headers));
    expect(new Set(headers)).toContain('{"type":"x:even"}');
    const { rows, summary } = await run(
      ...['transform', 'parity', '--from', `kafka:${topic}?header=type:x:even`, '--format', 'ndjson'],
    );
    expect(rows).toHaveLength(301);
    expect(rows.filter(({ outcome }) => outcome === 0)).toHaveLength(1);
    expect(summary).toMatchObject({ records: 301, others: 302 });
  });

  it('are rows of a rollup where the first of their type is one', async () => {
    const topic = await makeTopic(brokers);
    const raw = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T01:00:00","subs":1}';
    const { out: weekly } = await freshet(['aggregate', 'weekly'], `${raw}\n`);
    await produce(brokers, topic, [
      { key: 'raw', value: raw },
      { key: 'weekly', value: weekly.trim() },
    ]);
    const monthly = ['aggregate', 'monthly', '--until-end', '--from'];
    const { err, status } = await freshet([...monthly, `kafka:${topic}?key=weekly`], '', { env });
    expect([status, err]).toEqual([2, expect.stringContaining('rows are weekly')]);
    expect((await freshet([...monthly, `kafka:${topic}?key=raw`], '', { env })).status).toBe(0);
  });

  it('are kept as they are, with their tombstones', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, [
      { key: 'a', value: 'x' },
      { key: 'b', value: 'y' },
      { key: 'a', value: null },
    ]);
    const { rows, summary } = await run('store', 'raw', '--from', `kafka:${topic}?key=a`, '--to', '-');
    expect(rows).toMatchObject([
      { offset: 0, key: 'a', value: 'x' },
      { offset: 2, key: 'a', value: null },
    ]);
    expect(summary).toMatchObject({ records: 2, tombstones: 0, others: 1 });
  });

  it('may be MessagePack, and a second run goes on behind those of other types', async () => {
    await inFolder(async (folder) => {
      const topic = await makeTopic(brokers);
      const packed = Buffer.from([0x82, 0xa1, 0x61, 0x01, 0xa1, 0x62, 0x01]);
      await produce(brokers, topic, [
        { key: 'pair', value: packed },
        { key: 'text', value: 'x' },
      ]);
      const from = `kafka:${topic}?format=msgpack&key=pair`;
      const args = ['store', 'raw', '--schema', 'pair', '--from', from, '--to', `sqlite:${join(folder, 'p.db')}`];
      expect((await run(...args)).summary).toMatchObject({ records: 1, others: 1 });
      await produce(brokers, topic, [{ key: 'text', value: 'x' }]);
      expect((await run(...args)).summary).toMatchObject({ records: 0, others: 1 });
      expect((await run(...args)).summary).toMatchObject({ records: 0, others: 0 });
    });
  });
});

describe('which records are read', () => {
  it.each([
    ['kafka:t?header=type', 'header=type has no name and value'],
    ['kafka:t?header=:x', 'header=:x has no name and value'],
    ['kafka:t?key=a&key=b', 'key is given twice'],
    ['kafka:t?kind=a', 'Known are format, compression, key and header.'],
  ])('%s: %s', async (uri, message) => {
    const { err, status } = await freshet(['store', 'raw', '--from', uri], '', { env });
    expect([status, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it.each([
    [['store', 'raw', '--to', 'kafka:t?key=a'], 'those that are written have the key of their row'],
    [['store', 'raw', '--to', '-', '--dead', 'kafka:t?header=a:b'], 'dead letters are JSON, and nothing else'],
    [['tail', 't?key=a'], 'records are shown as they are, whatever they are'],
  ])('%j: %s', async (args, message) => {
    const { err, status } = await freshet(args, '', { env });
    expect([status, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
