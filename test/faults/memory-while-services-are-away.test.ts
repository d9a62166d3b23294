import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ended, inFolder, rowsOf, start } from '../cli/run-freshet.js';
import { makeTopic, offsetsOf } from '../endpoints/kafka/topics.js';
import { database, freshName } from '../services/fresh-names.js';
import { kafka, startKafka } from '../services/kafka/kafka.js';
import { mariadb, startMariadb } from '../services/mariadb.js';
import { canStart } from '../services/service.js';
import { committed } from './group-progress.js';

/** At full speed gigabytes would come together meanwhile. */
const AWAY_MS = 8000;
const MOST_BYTES = 400 * 1024 ** 2;

/** The most memory that a process has had at a time (proc(5), VmHWM), in bytes. */
function peakOf({ pid }: ChildProcess): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Of a topic that no transaction writes to. */
async function recordsIn(address: string, topic: string): Promise<number> {
  return (await offsetsOf(address, topic)).reduce((sum, end) => sum + end, 0);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100);
}

const isThere = canStart(kafka) && canStart(mariadb) && existsSync('/proc/self/status');

describe.skipIf(!isThere)('while a service is away', () => {
  it('nothing that works at full speed takes more memory, or loses a record', async () => {
    await inFolder(async (folder) => {
      const [broker, server] = await Promise.all([
        startKafka(join(folder, 'kafka')),
        startMariadb(join(folder, 'mariadb')),
      ]);
      const { address } = broker;
      const db = new URL(await database(server.address));
      const env = { ...process.env, KAFKA_BROKERS: address, MYSQL_PWD: db.password };
      const run = (...words: string[]) => {
        const child = start(words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
        return { child, done: ended(child) };
      };
      const away = async (kill: () => Promise<void>, again: () => Promise<void>): Promise<void> => {
        await kill();
        await sleep(AWAY_MS);
        await again();
      };
      try {
        const [input, output] = [await makeTopic(address, { numPartitions: 4 }), await makeTopic(address)];

        const writer = run('produce', 'yt', '--channels', '1000', '--to', `kafka:${input}`, '--log-format', 'json');
        await until(async () => (await recordsIn(address, input)) > 0);
        await away(
          () => broker.kill(1),
          () => broker.start(1),
        );
        const before = await recordsIn(address, input);
        await until(async () => (await recordsIn(address, input)) > before);
        expect(peakOf(writer.child)).toBeLessThan(MOST_BYTES);
        writer.child.kill('SIGTERM');
        const { status, err } = await writer.done;
        expect(status, err).toBe(143);
        const { records } = rowsOf(err).at(-1) ?? {};
        expect(await recordsIn(address, input)).toBe(records);

        const groups = { aggregate: freshName('aggregate'), store: freshName('store') };
        const of = (group: string): string[] => ['--from', `kafka:${input}`, '--group', group];
        const exactly = ['--to', `kafka:${output}`, '--guarantee', 'exactly-once', '--every', '100ms'];
        const aggregate = run('aggregate', 'daily', ...of(groups.aggregate), ...exactly);
        await until(async () => (await committed(address, groups.aggregate, input)) > 0);
        await away(
          () => broker.kill(1),
          () => broker.start(1),
        );
        await until(async () => (await committed(address, groups.aggregate, input)) === records);
        expect(peakOf(aggregate.child)).toBeLessThan(MOST_BYTES);
        aggregate.child.kill('SIGTERM');
        expect((await aggregate.done).status).toBe(143);

        const to = ['--to', `mysql://${db.username}@${db.host}${db.pathname}`, '--create'];
        const store = run('store', 'raw', '--schema', 'yt', ...of(groups.store), ...to);
        await until(async () => (await committed(address, groups.store, input)) > 0);
        await away(server.kill, server.start);
        const stored = await committed(address, groups.store, input);
        await until(async () => (await committed(address, groups.store, input)) > stored);
        expect(peakOf(store.child)).toBeLessThan(MOST_BYTES);
        store.child.kill('SIGTERM');
        expect((await store.done).status).toBe(143);
      } finally {
        await Promise.all([broker.stop(), server.stop()]);
      }
    });
  });
});
