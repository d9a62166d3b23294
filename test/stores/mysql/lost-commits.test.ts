import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sink } from '../../../src/endpoints/endpoint.js';
import { Overtaken } from '../../../src/records/errors.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { database } from '../../services/fresh-names.js';
import { mariadb } from '../../services/mariadb.js';
import { service } from '../../services/service.js';
import { NUMBER, numbersOf, range, rowsAt, shared, sinkOf } from '../shared-rows.js';
import { DAILY, type Harvest, rowOf, StoreModel } from '../store-model.js';
import { query } from './query.js';

const server = await service(mariadb);

/** What becomes of the next COMMIT: the server gets it and its answer is lost, or it is lost itself. */
type Loss = 'answer' | 'commit' | undefined;

const OUTCOME = parseSchema({ type: 'record', name: 'outcome', fields: [{ name: 'outcome', type: 'int' }] }, 'OUTCOME');

const harvest = (channel: string, second: number, subs: number): Harvest => ({
  channel,
  day: 1,
  second,
  fraction: '',
  style: 'naive',
  subs,
  note: null,
});

describe.skipIf(server === undefined)('a commit to MySQL whose answer never comes', () => {
  let proxy: Server;
  let loss: Loss;
  let lost = 0;
  let uri: string;

  beforeAll(async () => {
    uri = await database();
    const { hostname, port } = new URL(uri);
    const sockets = (client: Socket, upstream: Socket): void => {
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    };
    proxy = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      sockets(client, upstream);
      let isDeaf = false;
      upstream.on('data', (data) => {
        // The server has done what it was asked for.
        if (isDeaf) client.destroy();
        else client.write(data);
      });
      client.on('data', (data) => {
        const how = data.includes('COMMIT') ? loss : undefined;
        if (how !== undefined) {
          loss = undefined;
          lost++;
        }
        if (how === 'commit') client.destroy();
        else {
          isDeaf = how === 'answer';
          upstream.write(data);
        }
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    proxy?.close();
  });

  async function open(schema: RecordSchema, table: string, group: { group?: string } = {}): Promise<Sink> {
    const through = new URL(uri);
    const address = proxy.address();
    through.port = String(address !== null && typeof address === 'object' ? address.port : 0);
    const text = `${through.href.slice('mysql:'.length)}?ssl=false`;
    return mysqlStore.sink(text, { schema, table, create: true, zone: UTC, ...group });
  }

  it.each(['answer', 'commit'] as const)('counts as if nothing had been lost, when it is the %s', async (how) => {
    const sink = await open(DAILY, `daily_${how}`);
    const model = new StoreModel();
    const batches = [1, 2, 3, 4].map((step) =>
      Array.from({ length: 50 }, (_, at) => harvest(`c${(at * step) % 40}`, (at * 7 * step) % 50, at)),
    );
    const before = lost;
    for (const [at, rows] of batches.entries()) {
      if (at !== 0) loss = how;
      for (const row of rows) model.write(row);
      await sink.write(batchFromRows(DAILY, rows.map(rowOf)));
    }
    await sink.close();
    expect(lost - before).toBe(3);
    expect(sink.counts()).toEqual(model.counts);
    expect(await query(uri, `SELECT COUNT(*) FROM daily_${how}`)).toEqual([[model.rows().length]]);
  });

  it.each(['answer', 'commit'] as const)('counts so also rows without a key of a group’s, by %s', async (how) => {
    const sink = await open(NUMBER, `numbers_${how}`, { group: 'copies' });
    await sink.begin?.(shared([0]));
    for (let from = 0; from < 40; from += 10) {
      loss = how;
      await sink.write(rowsAt(0, range(from, from + 10)));
    }
    await sink.close();
    expect(sink.counts()).toEqual({ rows: 40, applied: 40, stale: 0, tied: 0 });
    const direct = uri.slice('mysql:'.length);
    expect(await numbersOf(mysqlStore, direct, `numbers_${how}`)).toEqual(range(0, 40));
  });

  it('does not take rows for lost that another copy has stored by then, nor stores them again', async () => {
    const sink = await open(NUMBER, 'overtaken', { group: 'copies' });
    await sink.begin?.(shared([0]));
    loss = 'commit';
    const stored = sink.write(rowsAt(0, range(0, 10)));
    const direct = uri.slice('mysql:'.length);
    const other = await sinkOf(mysqlStore, direct, { table: 'overtaken' });
    await other.begin?.(shared([0]));
    await other.write(rowsAt(0, range(0, 15))).catch((error: unknown) => expect(error).toBeInstanceOf(Overtaken));
    await stored.catch((error: unknown) => expect(error).toBeInstanceOf(Overtaken));
    await Promise.all([sink.close(), other.close()]);
    const numbers = await numbersOf(mysqlStore, direct, 'overtaken');
    expect(numbers).toEqual(range(0, numbers.length));
    expect(numbers.length).toBeGreaterThanOrEqual(10);
  });

  it('ends a run whose rows have no key: written again they would be there twice', async () => {
    const sink = await open(OUTCOME, 'outcomes');
    const rows: Row[] = [{ outcome: 1 }, { outcome: 0 }];
    await sink.write(batchFromRows(OUTCOME, rows));
    loss = 'answer';
    await expect(sink.write(batchFromRows(OUTCOME, rows))).rejects.toMatchObject({
      status: 4,
      message: expect.stringContaining('the last 2 rows may be in outcomes or not'),
    });
  });
});
