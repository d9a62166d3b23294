import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { prepareCompression } from '../../../src/endpoints/kafka/records/compress-records.js';
import { COMPRESSIONS } from '../../../src/endpoints/kafka/records/compression-names.js';
import { decompressRecords } from '../../../src/endpoints/kafka/records/decompress-records.js';
import { OpenBatch } from '../../../src/endpoints/kafka/records/open-batch.js';
import { partitionOf } from '../../../src/endpoints/kafka/records/partition-of.js';
import { HEADER_BYTES, recordBatches, writeHeader } from '../../../src/endpoints/kafka/records/record-batch.js';
import { RecordFramer, type UnframedRows } from '../../../src/endpoints/kafka/records/record-framer.js';
import { slicesOf } from '../../../src/endpoints/kafka/records/slices-of.js';
import { splitBatch } from '../../../src/endpoints/kafka/records/split-batch.js';
import { writeHeaders } from '../../../src/endpoints/kafka/records/write-headers.js';
import { kernel } from '../../../src/kernel/kernel.js';
import { javaPartition, type SlowRecord, slowRecords } from './slow-records.js';

interface Row {
  readonly key: string | null;
  readonly value: string | null;
  readonly time: number;
  readonly headers: readonly (readonly [name: string | null, value: string | null])[];
}

const text = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.nat(70_000).map((length) => 'x'.repeat(length)),
);
const row = fc.record({
  key: fc.option(fc.string({ unit: 'binary-ascii', maxLength: 20 })),
  value: fc.option(text, { freq: 10 }),
  time: fc.nat(2 ** 42),
  headers: fc.array(
    fc.tuple(
      fc.string({ unit: 'binary-ascii', maxLength: 5 }),
      fc.option(fc.string({ unit: 'binary-ascii', maxLength: 300 })),
    ),
    { maxLength: 3 },
  ),
});

const bytesOf = (text: string | null): Buffer | undefined => (text === null ? undefined : Buffer.from(text, 'latin1'));

const headersOf = ({ headers }: Row): Uint8Array =>
  writeHeaders(headers.map(([name, value]) => ({ name: name ?? '', value: bytesOf(value) })));

/** Where no row has headers, as rows that never have any. */
function rowsOf(rows: readonly Row[]): UnframedRows {
  const some = rows.some(({ headers }) => headers.length > 0);
  return {
    count: rows.length,
    values: slicesOf(rows.map(({ value }) => bytesOf(value))),
    keys: slicesOf(rows.map(({ key }) => bytesOf(key))),
    ...(some ? { headers: slicesOf(rows.map(headersOf)) } : {}),
    times: Float64Array.from(rows, ({ time }) => time),
  };
}

/** The rows of each partition as records of one batch. */
function framed(rows: readonly Row[], partitions: number, sliceBytes: number): Map<number, OpenBatch> {
  const batches = new Map<number, OpenBatch>();
  const framer = new RecordFramer(partitions, sliceBytes);
  framer.frame(rowsOf(rows), (partition) => {
    const batch = batches.get(partition) ?? new OpenBatch();
    batches.set(partition, batch);
    return batch;
  });
  framer.close();
  return batches;
}

const strip = ({ key, value, time, headers }: SlowRecord): Row => ({ key, value, time, headers });

beforeAll(async () => {
  for (const compression of COMPRESSIONS) await prepareCompression(compression);
});

it('frames rows as an obvious reader reads them, each in the partition that Java gives its key', () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom(...COMPRESSIONS),
      (rows, partitions, sliceBytes, compression) => {
        const seen: Row[] = [];
        for (const [partition, open] of framed(rows, partitions, sliceBytes)) {
          const sealed = open.seal(compression);
          writeHeader(sealed.buffer, { ...sealed, transactional: true, producerId: 7n, epoch: 3, sequence: 11 });
          const [batch, ...others] = [...recordBatches(sealed.buffer)];
          expect(others).toEqual([]);
          if ('problem' in batch) throw new Error(batch.problem);
          expect(batch).toMatchObject({
            compression: sealed.compression,
            producerId: 7n,
            transactional: true,
            control: false,
          });
          const records = slowRecords(decompressRecords(batch.compression, batch.records), batch.baseTime);
          expect(records.map(({ offset }) => offset)).toEqual(records.map((_, at) => at));
          expect([batch.count, batch.lastOffset]).toEqual([records.length, records.length - 1]);
          expect(sealed.lastTime).toBe(Math.max(...records.map(({ time }) => time)));
          for (const { key } of records) if (key !== null) expect(javaPartition(key, partitions)).toBe(partition);
          const wanted = rows.filter(({ key }) => key !== null && javaPartition(key, partitions) === partition);
          expect(records.filter(({ key }) => key !== null).map(strip)).toEqual(wanted);
          seen.push(...records.map(strip));
        }
        expect(seen.length).toBe(rows.length);
      },
    ),
    { numRuns: 200 },
  );
});

it('takes a batch that is opened while the memory of rows grows', () => {
  const rows = Array.from({ length: 20 }, (_, at) => ({ key: `k${at}`, value: `v${at}`, time: at, headers: [] }));
  const batches = new Map<number, OpenBatch>();
  const framer = new RecordFramer(4, 1000);
  framer.frame(rowsOf(rows), (partition) => {
    // As the writer does of a batch that had to be closed first.
    const { length } = kernel().views.u8;
    kernel().allocate(length);
    expect(kernel().views.u8.length).toBeGreaterThan(length);
    const batch = batches.get(partition) ?? new OpenBatch();
    batches.set(partition, batch);
    return batch;
  });
  framer.close();
  for (const [partition, batch] of batches) {
    const { buffer, firstTime } = batch.seal('none');
    const records = slowRecords(buffer.subarray(HEADER_BYTES), firstTime);
    expect(records.map(strip)).toEqual(rows.filter(({ key }) => javaPartition(key, 4) === partition));
  }
});

it('splits a batch into halves of the same records', () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 2, maxLength: 30 }),
      fc.constantFrom(...COMPRESSIONS),
      (rows, compression) => {
        const [open] = framed(rows, 1, 1000).values();
        const halves = splitBatch((open ?? new OpenBatch()).seal(compression));
        const records = halves.flatMap((half) =>
          slowRecords(decompressRecords(half.compression, half.buffer.subarray(HEADER_BYTES)), half.firstTime),
        );
        expect(records.map(strip)).toEqual(rows);
        expect(halves.map(({ count }) => count)).toEqual([Math.floor(rows.length / 2), Math.ceil(rows.length / 2)]);
      },
    ),
    { numRuns: 50 },
  );
});

it("agrees with the values of Kafka's own test of murmur2", () => {
  const known: Record<string, number> = {
    21: -973_932_308,
    foobar: -790_332_482,
    'a-little-bit-long-string': -985_981_536,
    'a-little-bit-longer-string': -1_486_304_829,
    lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58_897_971,
    abc: 479_470_107,
  };
  const partitions = 4096;
  for (const [key, hash] of Object.entries(known)) {
    const batches = framed([{ key, value: '', time: 0, headers: [] }], partitions, 1000);
    expect([...batches.keys()]).toEqual([(hash & 0x7fffffff) % partitions]);
  }
});

it('has a partition without the kernel, too', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(9),
      fc.integer({ min: 1, max: 50 }),
      (key, before, partitions) => {
        const bytes = Buffer.concat([Buffer.alloc(before), key, Buffer.alloc(3)]);
        expect(partitionOf(bytes, before, before + key.length, partitions)).toBe(
          javaPartition(Buffer.from(key).toString('latin1'), partitions),
        );
      },
    ),
  );
});
