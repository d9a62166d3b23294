import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionedOperator } from '../../src/operators/partitioned-operator.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';
import { newestSlowly, operatorOf } from './rollup/rollup-model.js';

const narrow = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'value', type: 'double' },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'reading',
);
const wide = parseSchema(
  {
    type: 'record',
    name: 'event',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'value', type: 'double' },
      { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'event',
);

/** A key is always in the same partition. */
const PARTITIONS = 3;
const partitionOf = ({ id }: Row): number => String(id).charCodeAt(0) % PARTITIONS;

const rows = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    ts: fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom('', '.5'))
      .map(([day, hour, end]) => `2017-08-0${day}T0${hour}:00:00${end}`),
    value: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 12 },
);
const step = fc.oneof(
  { weight: 4, arbitrary: rows.map((given) => ({ kind: 'process' as const, rows: given })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'flush' as const }) },
  { weight: 2, arbitrary: fc.nat(PARTITIONS - 1).map((partition) => ({ kind: 'move' as const, partition })) },
  { weight: 1, arbitrary: fc.nat(PARTITIONS - 1).map((partition) => ({ kind: 'crash' as const, partition })) },
);

describe.each([
  ['kept as columns', narrow],
  ['kept as bytes', wide],
])('state by partition, of records %s', (_, schema) => {
  it('goes on elsewhere from the rows that were given', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const operator = new PartitionedOperator(
          () => operatorOf({ schema, emit: 'update', kept: true }),
          Array.from({ length: PARTITIONS }, (_, part) => ({ part, partition: 0 })),
        );
        const origin = (partition: number) => ({ source: '', partition, unit: 'record' as const, ordinal: () => 0 });
        // By partition: what its flushes gave, and what was processed since the last.
        const log: Row[][] = Array.from({ length: PARTITIONS }, () => []);
        const since: Row[][] = Array.from({ length: PARTITIONS }, () => []);
        const all: Row[] = [];
        const process = (partition: number, given: readonly Row[]): void => {
          if (given.length === 0) return;
          operator.process({ ...batchFromRows(schema, given), origin: origin(partition) });
        };
        const flush = (reason: 'tick' | 'end'): void => {
          for (const { part, rows, as } of operator.changes(reason)) {
            const given = [...rowsOf(rows)];
            expect(as).toBe('both');
            const keys = given.map(({ id, date }) => `${id} ${date}`);
            expect(new Set(keys).size).toBe(keys.length);
            log[part]?.push(...given);
          }
          for (const partition of since.keys()) since[partition] = [];
        };
        const restore = (partition: number): void => {
          operator.drop(partition);
          // A compacted log has the last of each key, but may have more.
          const rows = log[partition] ?? [];
          if (rows.length > 0) operator.restore(partition, batchFromRows(operator.output, rows));
        };
        for (const one of steps) {
          if (one.kind === 'process') {
            all.push(...one.rows);
            for (let partition = 0; partition < PARTITIONS; partition++) {
              const given = one.rows.filter((row) => partitionOf(row) === partition);
              since[partition]?.push(...given);
              process(partition, given);
            }
          } else if (one.kind === 'flush') {
            flush('tick');
          } else if (one.kind === 'move') {
            flush('tick');
            restore(one.partition);
            // What was put back counts as given.
            expect([...operator.changes('tick')]).toEqual([]);
          } else {
            // What was not committed is read again.
            restore(one.partition);
            process(one.partition, since[one.partition] ?? []);
          }
        }
        flush('end');
        const last = new Map(log.flat().map((row) => [`${row.date} ${row.id}`, row]));
        const sorted = [...last.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
        const expected = newestSlowly(schema, all, 'daily', UTC).map((row) => ({
          ...(schema === wide ? { tags: [] } : {}),
          ...row,
        }));
        expect(sorted).toEqual(expected.map((row) => expect.objectContaining(row)));
        expect(sorted.length).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });
});
