import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { database } from './fresh-names.js';
import { kafka, startKafka } from './kafka/kafka.js';
import { answers, mariadb, startMariadb } from './mariadb.js';
import { registry } from './registry/registry.js';
import { canStart, service } from './service.js';

const brokers = await service(kafka);
const server = await service(mariadb);
const schemas = await service(registry);
const ownKafka = canStart(kafka);
const ownMariadb = canStart(mariadb);

describe.skipIf(brokers === undefined)('the shared Kafka', () => {
  it('answers, and is the same whenever it is asked for', async () => {
    expect(await service(kafka)).toBe(brokers);
    for (const broker of String(brokers).split(',')) expect(await answers(Number(broker.split(':')[1]))).toBe(true);
  });
});

describe.skipIf(server === undefined)('the shared MariaDB', () => {
  it('gives a database of its own to each who asks', async () => {
    const [one, two] = [await database(), await database()];
    expect(one).not.toBe(two);
    const connection = await mysql.createConnection(one);
    await connection.query('CREATE TABLE t (a INT)');
    await connection.query(`INSERT INTO t VALUES (7)`);
    expect((await connection.query('SELECT a FROM t'))[0]).toEqual([{ a: 7 }]);
    await connection.end();
  });
});

describe.skipIf(schemas === undefined)('the shared registry', () => {
  it('answers, and is the same whenever it is asked for', async () => {
    expect(await service(registry)).toBe(schemas);
    expect(await (await fetch(`${schemas}/subjects`)).json()).toBeInstanceOf(Array);
  });
});

describe.skipIf(!ownMariadb)('a MariaDB of one’s own', () => {
  it('keeps what was committed when it is killed', async () => {
    await inFolder(async (folder) => {
      const own = await startMariadb(folder);
      const before = await mysql.createConnection(await database(own.address));
      before.on('error', () => {});
      await before.query('CREATE TABLE kept (a INT)');
      const [[{ name }]] = await before.query<mysql.RowDataPacket[]>('SELECT DATABASE() AS name');
      await own.kill();
      await expect(mysql.createConnection(own.address)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
      await own.start();
      const after = await mysql.createConnection(`${own.address}/${name}`);
      expect((await after.query('SELECT * FROM kept'))[0]).toEqual([]);
      await after.end();
      await own.stop();
    });
  });
});

describe.skipIf(!ownKafka)('a Kafka of one’s own', () => {
  it('keeps its topics when one of three brokers is killed and started again', async () => {
    await inFolder(async (folder) => {
      const own = await startKafka(folder, { brokers: 3 });
      const topics = ['org.apache.kafka.tools.TopicCommand', '--bootstrap-server', own.address] as const;
      await own.tool(...topics, '--create', '--topic', 'kept', '--replication-factor', '3');
      await own.kill(2);
      expect(await own.tool(...topics, '--list')).toContain('kept');
      await own.start(2);
      expect(await own.tool(...topics, '--list')).toContain('kept');
      await own.stop();
    });
  });
});

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-own-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
