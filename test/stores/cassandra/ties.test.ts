import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { UTC } from '../../../src/records/time/zone.js';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { cassandra } from '../../services/cassandra/cassandra.js';
import { service } from '../../services/service.js';
import { DAILY, type Harvest, rowOf, StoreModel, sortedRows } from '../store-model.js';
import { addressOf, readFrom } from '../yt-tables.js';
import { cql, keyspace } from './cql.js';

const server = await service(cassandra);

/** Rows of few keys and few times, whose other fields decide: greater by one of them is less by another. */
const tied = fc.record({
  channel: fc.constantFrom('a', 'b'),
  day: fc.constantFrom(1, 2),
  second: fc.constantFrom(0, 0, 1),
  fraction: fc.constantFrom('', '', '000000001'),
  style: fc.constantFrom('naive' as const, 'zulu' as const),
  subs: fc.constantFrom(null, -1, 0, 1, 255, 256, 2n ** 62n),
  note: fc.constantFrom(null, '', 'a', '\uffff', '😀'),
});

describe.skipIf(server === undefined)('rows of equal freshness in Cassandra', () => {
  let uri: string;
  beforeAll(async () => {
    uri = await keyspace(String(server));
  });

  it('end as one whole row, the greater, in whatever order two writers bring them at once', async () => {
    const writers = await Promise.all(
      [1, 2].map(() => cassandraStore.sink(addressOf(uri), { schema: DAILY, create: true, zone: UTC })),
    );
    const batches = fc.array(fc.array(tied, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(batches, batches, async (one, two) => {
        const run = `${runs++} `;
        const model = new StoreModel();
        const counted = writers.map((writer) => writer.counts());
        await Promise.all(
          [one, two].map(async (all, place) => {
            for (const batch of all) {
              const rows = batch.map((row): Harvest => ({ ...row, channel: run + row.channel }));
              for (const row of rows) model.write(row);
              await writers[place].write(batchFromRows(DAILY, rows.map(rowOf)));
            }
          }),
        );
        const rows = (await readFrom(cassandraStore, uri, DAILY, 'yt_daily')).filter(({ yt_channel_id }) =>
          String(yt_channel_id).startsWith(run),
        );
        expect(sortedRows(rows)).toEqual(model.rows());
        // Each row is counted once, and so often applied as a key has become another row.
        for (const [place, writer] of writers.entries()) {
          const { rows: seen, applied = 0, stale = 0, tied: equal = 0 } = writer.counts();
          expect(applied + stale + equal).toBe(seen);
          expect(seen - counted[place].rows).toBe([one, two][place].flat().length);
        }
      }),
      { numRuns: 80 },
    );
    for (const writer of writers) await writer.close();
  });

  it('count together as if they had come one by one, whoever was first', async () => {
    // Each row is greater than those before: in any order that two writers share, some are applied and none is lost.
    const rows = Array.from({ length: 200 }, (_, at): Harvest => {
      return { channel: 'count', day: 3, second: 0, fraction: '', style: 'naive', subs: at, note: null };
    });
    const writers = await Promise.all(
      [1, 2].map(() => cassandraStore.sink(addressOf(uri), { schema: DAILY, create: true, zone: UTC })),
    );
    await Promise.all(
      writers.map(async (writer, place) => {
        for (const [at, row] of rows.entries()) {
          if (at % 2 === place) await writer.write(batchFromRows(DAILY, [rowOf(row)]));
        }
      }),
    );
    expect(await cql(uri, "SELECT subs FROM yt_daily WHERE channel = 'count'")).toEqual([[199n]]);
    for (const writer of writers) {
      const { applied = 0, stale, tied: equal = 0 } = writer.counts();
      expect(stale).toBe(0);
      expect(applied + equal).toBe(100);
      await writer.close();
    }
  });
});
