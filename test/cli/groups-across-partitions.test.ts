import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTopic, membersOf, offsetsOf, produce, producing, tailed } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { type Ended, ended, freshet, inFolder, rowsOf, start } from './run-freshet.js';

const brokers = await service(kafka);
const env = { ...process.env, KAFKA_BROKERS: brokers ?? '' };
const run = (args: readonly string[], input = ''): Promise<Ended> => freshet(args, input, { env });

/** Devices are the key, and lie in partitions; countries do not. */
const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'reading',
  fields: [
    { name: 'device', type: 'string' },
    { name: 'country', type: ['null', 'string'] },
    { name: 'at', type: 'string' },
    { name: 'value', type: 'long' },
  ],
  freshet: { key: ['device'], time: 'at' },
});
const begin = Date.UTC(2026, 0, 1);
/** Out of order by some seconds; some have no country. */
const readings = Array.from({ length: 3000 }, (_, at) => ({
  device: `d${(at * 7919) % 97}`,
  country: at % 11 === 0 ? null : `c${(at * 31) % 13}`,
  at: new Date(begin + at * 1000 + ((at * 37) % 9) * 1000).toISOString(),
  value: at,
}));
const messages = readings.map((row) => ({ key: row.device, value: JSON.stringify(row) }));
const lines = readings.map((row) => `${JSON.stringify(row)}\n`).join('');

let folder = '';
let schema = '';
let leave = (): void => {};
beforeAll(async () => {
  await new Promise<void>((ready) => {
    void inFolder((made) => {
      folder = made;
      schema = join(folder, 'reading.avsc');
      writeFileSync(schema, SCHEMA);
      ready();
      return new Promise<void>((done) => {
        leave = done;
      });
    });
  });
});
afterAll(() => leave());

const WINDOWS = ['--size', '10m', '--by', 'country', '--select', 'count() as n, sum(value), avg(value) as mean'];
const aggregate = (): string[] => ['aggregate', 'window', '--schema', schema, ...WINDOWS];
type Row = Record<string, unknown>;
const windowOf = ({ country, window_start }: Row): string => `${country} ${window_start}`;
const sorted = (rows: Iterable<Row>): string[] => [...rows].map((row) => JSON.stringify(row)).sort();
/** The last row of each window. */
const lastOf = (rows: readonly Row[]): Row[] => [...new Map(rows.map((row) => [windowOf(row), row])).values()];
const rowsIn = async (topic: string): Promise<Row[]> =>
  (await tailed(brokers ?? '', [topic])).map(({ value }) => value as Row);

describe.skipIf(brokers === undefined)('groups that lie across partitions', () => {
  const address = brokers ?? '';
  const ends = async (): Promise<[string, string]> => [
    await makeTopic(address, { numPartitions: 4 }),
    await makeTopic(address, { numPartitions: 4 }),
  ];

  it('are shared by copies, which send each record to the one that has its group', async () => {
    const [input, output] = await ends();
    const group = freshName('copies');
    const ways = ['--from', `kafka:${input}`, '--to', `kafka:${output}`, '--group', group];
    const args = [...aggregate(), ...ways, '--every', '100ms'];
    const copies = [1, 2].map(() => start([...args, '--log-format', 'json'], { env }));
    const done = copies.map(ended);
    await membersOf(address, group, 2);
    for (let from = 0; from < messages.length; from += 300)
      await produce(address, input, messages.slice(from, from + 300));
    const expected = sorted(rowsOf((await run([...aggregate(), '--emit', 'close'], lines)).out));
    await expect
      .poll(async () => sorted(lastOf(await rowsIn(output))), { timeout: 60_000, interval: 300 })
      .toEqual(expected);
    for (const copy of copies) copy.kill('SIGTERM');
    for (const { status, err } of await Promise.all(done)) {
      expect(status).toBe(143);
      // Both have had work of both kinds.
      const summary = rowsOf(err).find(({ event }) => event === 'summary');
      expect(summary?.records).toBeGreaterThan(0);
      expect(summary?.rows).toBeGreaterThan(0);
    }
    for (const { n, records } of await rowsIn(output)) expect(n).toBe(records);
  });

  it('come to an end where one is asked for, also while more records come', async () => {
    const [input, output] = await ends();
    await produce(address, input, messages.slice(0, 500));
    let isOver = false;
    const writing = (async () => {
      for (let from = 500; !isOver; from++) await produce(address, input, [messages[from % messages.length] ?? {}]);
    })().catch((error: unknown) => error);
    const ways = ['--from', `kafka:${input}`, '--to', `kafka:${output}`, '--group', freshName('live'), '--until-end'];
    for (let times = 0; times < 3; times++) expect((await run([...aggregate(), ...ways])).status).toBe(0);
    isOver = true;
    expect(await writing).toBeUndefined();
    expect((await run([...aggregate(), ...ways])).status).toBe(0);
    const records = lastOf(await rowsIn(output)).reduce((sum, row) => sum + Number(row.records), 0);
    const ended = await offsetsOf(address, input);
    // Copies of records of a time that is past are late: all are counted, one way or the other.
    expect(records).toBe(ended.reduce((sum, end) => sum + end, 0));
  });

  it('are whole at the end of copies that read to the end', async () => {
    const [input, output] = await ends();
    await produce(address, input, messages.slice(0, 2000));
    const args = [...aggregate(), '--from', `kafka:${input}`, '--to', `kafka:${output}`, '--until-end'];
    for (const { status, err } of await Promise.all([1, 2, 3].map(() => run(args)))) expect(status, err).toBe(0);
    const first = lines.split('\n').slice(0, 2000).join('\n');
    const expected = async (text: string): Promise<string[]> =>
      sorted(rowsOf((await run([...aggregate(), '--emit', 'close'], text)).out));
    expect(sorted(lastOf(await rowsIn(output)))).toEqual(await expected(first));
    const before = (await rowsIn(output)).length;
    expect((await run(args)).status).toBe(0);
    expect((await rowsIn(output)).length).toBe(before);
    await produce(address, input, messages.slice(2000));
    expect((await run(args)).status).toBe(0);
    expect(sorted(lastOf(await rowsIn(output)))).toEqual(await expected(lines));
  });

  it.each(['exactly-once', 'at-least-once'])('end when all is read, however long --every is, %s', async (guarantee) => {
    const [input, output] = await ends();
    await produce(address, input, messages);
    const ways = ['--from', `kafka:${input}`, '--to', `kafka:${output}`, '--until-end', '--guarantee', guarantee];
    const copies = [1, 2].map(() => run([...aggregate(), ...ways, '--every', '1h']));
    for (const { status, err } of await Promise.all(copies)) expect(status, err).toBe(0);
    const expected = sorted(rowsOf((await run([...aggregate(), '--emit', 'close'], lines)).out));
    expect(sorted(lastOf(await rowsIn(output)))).toEqual(expected);
  });

  it('are final once, also in parts of which nothing was read when time came', async () => {
    const [input, output] = await ends();
    const message = (partition: number, hour: number, value: number): Message => {
      const row = { device: `d${partition}`, country: `c${value}`, at: new Date(begin + hour * 3_600_000), value };
      return { partition, key: row.device, value: JSON.stringify(row) };
    };
    const args = [...aggregate(), '--emit', 'close', '--from', `kafka:${input}`, '--to', `kafka:${output}`];
    const countries = Array.from({ length: 12 }, (_, value) => message(value % 4, 0, value));
    await produce(address, input, [...countries, ...[0, 1, 2].map((partition) => message(partition, 1, 0))]);
    const once = async (): Promise<void> => {
      const { status, err } = await run([...args, '--allowed-lateness', '0s', '--until-end']);
      expect(status, err).toBe(0);
    };
    await once();
    expect(await rowsIn(output)).toEqual([]);
    await produce(address, input, [message(3, 1, 0)]);
    for (let round = 0; round < 2; round++) {
      await once();
      expect((await rowsIn(output)).map(({ country }) => country).sort()).toEqual(
        countries.map((_, value) => `c${value}`).sort(),
      );
    }
  });

  it('are closed for want of records only where every copy has read all there is', async () => {
    const [input, output] = await ends();
    const group = freshName('idle');
    const ways = ['--from', `kafka:${input}`, '--to', `kafka:${output}`, '--group', group, '--every', '100ms'];
    const closing = ['--emit', 'close', '--idle-close', '1s'];
    const copies = [1, 2].map(() => start([...aggregate(), ...ways, ...closing], { env }));
    const done = copies.map(ended);
    await membersOf(address, group, 2);
    const [slow] = copies;
    // For so long that the other one closes its windows, and the group does not miss it.
    slow?.kill('SIGSTOP');
    await produce(address, input, messages);
    await sleep(4000);
    slow?.kill('SIGCONT');
    const expected = sorted(rowsOf((await run([...aggregate(), '--emit', 'close'], lines)).out));
    const found = async (): Promise<string[]> => sorted(await rowsIn(output));
    await expect.poll(async () => (await found()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(expected.length);
    for (const copy of copies) copy.kill('SIGTERM');
    for (const { status, err } of await Promise.all(done)) expect(status, err).toBe(143);
    expect(await found()).toEqual(expected);
  });

  it.each([1, 2])('stay open while records come, and are closed when none do, %i at work', async (count) => {
    const [input, output] = await ends();
    const group = freshName('steady');
    const ways = ['--from', `kafka:${input}`, '--to', `kafka:${output}`, '--group', group, '--every', '100ms'];
    const closing = ['--emit', 'close', '--idle-close', '2s', '--log-format', 'json'];
    const copies = Array.from({ length: count }, () => start([...aggregate(), ...ways, ...closing], { env }));
    const done = copies.map(ended);
    await membersOf(address, group, count);
    // For longer than parts without a record stay open.
    await sleep(3000);
    const countries = Array.from({ length: 8 }, (_, at) => `c${at}`);
    const rounds = 12;
    await producing(address, async (producer) => {
      for (let value = 0; value < rounds; value++) {
        const rows = countries.map((country) => ({ device: 'd', country, at: new Date(begin), value }));
        const sent = rows.map((row) => ({ partition: 0, key: row.device, value: JSON.stringify(row) }));
        await producer.send({ topic: input, messages: sent, acks: -1 });
        await sleep(500);
      }
    });
    const found = async (): Promise<string[]> =>
      (await rowsIn(output)).map(({ country, n }) => `${country} ${n}`).sort();
    await expect.poll(found, { timeout: 30_000, interval: 300 }).toEqual(countries.map((one) => `${one} ${rounds}`));
    for (const copy of copies) copy.kill('SIGTERM');
    for (const { status, err } of await Promise.all(done)) {
      expect(status, err).toBe(143);
      expect(rowsOf(err).find(({ event }) => event === 'summary')?.late).toBe(0);
    }
  });

  it('begin anew with --reset, if nobody else is at work', async () => {
    const [input, output] = await ends();
    await produce(address, input, messages);
    const args = [...aggregate(), '--from', `kafka:${input}`, '--to', `kafka:${output}`];
    expect((await run([...args, '--until-end'])).status).toBe(0);
    expect((await run([...args, '--until-end', '--reset'])).status).toBe(0);
    const expected = sorted(rowsOf((await run([...aggregate(), '--emit', 'close'], lines)).out));
    expect(sorted(lastOf(await rowsIn(output)))).toEqual(expected);
    const other = start([...args, '--every', '100ms'], { env });
    const done = ended(other);
    const before = (await rowsIn(output)).length;
    await produce(address, input, messages.slice(0, 100));
    await expect.poll(async () => (await rowsIn(output)).length, { timeout: 60_000 }).toBeGreaterThan(before);
    const { status, err } = await run([...args, '--until-end', '--reset']);
    expect([status, err]).toEqual([2, expect.stringContaining('are at work')]);
    other.kill('SIGTERM');
    expect((await done).status).toBe(143);
  });

  it('have what is late put aside as it came, and the windows that one reader of all would close', async () => {
    const [input, output] = await ends();
    const late = Array.from({ length: 12 }, (_, at) => ({
      device: `d${at}`,
      country: `c${at}`,
      at: new Date(begin).toISOString(),
      value: -1 - at,
    }));
    const sent = late.map((row) => JSON.stringify(row).replace(':', ' : '));
    await produce(address, input, messages);
    await produce(
      address,
      input,
      late.map(({ device }, at) => ({ key: device, value: sent[at] ?? '', headers: { trace: `t${at}` } })),
    );
    const closing = ['--emit', 'close', '--allowed-lateness', '5m'];
    const to = ['--from', `kafka:${input}`, '--to', `kafka:${output}`, '--until-end'];
    const letters = await Promise.all(
      [1, 2, 3].map(async () => {
        const dead = join(folder, `${freshName('dead')}.ndjson`);
        const { status, err } = await run([...aggregate(), ...closing, ...to, '--dead', dead]);
        expect(status, err).toBe(0);
        return rowsOf(readFileSync(dead, 'utf8'));
      }),
    );
    const places = await tailed(address, [input]);
    const expected = places.flatMap(({ partition, offset, value }) => {
      const at = -1 - Number((value as Row).value);
      if (at < 0) return [];
      const place = { topic: input, partition, offset, raw: sent[at], key: `d${at}` };
      const reason = 'late: the window until 2026-01-01T00:10:00Z is closed';
      return [{ ...place, reason, headers: [{ name: 'trace', value: `t${at}` }] }];
    });
    const byRaw = (a: Row, b: Row): number => (String(a.raw) < String(b.raw) ? -1 : 1);
    expect(letters.flat().sort(byRaw)).toEqual(expected.sort(byRaw).map((letter) => expect.objectContaining(letter)));
    expect(expected.length).toBe(late.length);
    // The last windows are open still.
    const all = rowsOf((await run([...aggregate(), '--emit', 'close'], lines)).out);
    const end = begin + 3000 * 1000 - 5 * 60_000;
    const closed = all.filter(({ window_end }) => Date.parse(String(window_end)) <= end);
    expect(sorted(await rowsIn(output))).toEqual(sorted(closed));
  });
});
