import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndjsonCodec } from '../../src/codecs/ndjson/ndjson-codec.js';
import type { Operator } from '../../src/operators/operator.js';
import type { Batch, RecordBytes } from '../../src/records/batch.js';
import type { Column } from '../../src/records/columns.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { RecordSchema } from '../../src/records/schema.js';
import type { Row } from '../../src/records/value.js';

/** One operator, as the suite meets it. */
export interface OperatorSubject {
  readonly schema: RecordSchema;
  readonly make: () => Operator;
  /** Rows that fit the schema; few keys, so that they meet. */
  readonly row: fc.Arbitrary<Row>;
  /** What a row that is flushed is ordered by, most significant first: its window, then its key. */
  readonly order?: readonly string[];
  /** Whether a row that was given may come again, changed. */
  readonly updates: boolean;
}

/** All that an operator gave: at once, and by flushing. */
interface Given {
  readonly rows: Row[];
  /** The reasons of rows that were put aside, in order. */
  readonly refused: string[];
  /** Each flush on its own. */
  readonly flushes: Row[][];
}

/** What every operator has to keep to (src/operators/operator.ts), whatever it computes. */
export function operatorConformance(name: string, subject: OperatorSubject): void {
  const { schema, row, order, updates } = subject;
  const rows = fc.array(row, { maxLength: 40 });
  const sizes = fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 4 });

  describe(`${name} keeps the contract of an operator`, () => {
    it('reads nothing but the paths that it names, and knows them from the start', () => {
      const operator = subject.make();
      const before = [...operator.reads];
      fc.assert(
        fc.property(rows, (some) => void run(subject.make(), schema, [some])),
        { numRuns: 20 },
      );
      run(operator, schema, [fc.sample(row, 1)]);
      expect([...operator.reads]).toEqual(before);
    });

    it('gives rows of its output type', () => {
      fc.assert(
        fc.property(rows, (some) => {
          const operator = subject.make();
          const names = operator.output.fields.map((field) => field.name);
          const { rows: given, flushes } = run(operator, schema, [some]);
          for (const one of [...given, ...flushes.flat()]) expect(Object.keys(one)).toEqual(names);
        }),
        { numRuns: 20 },
      );
    });

    it('keeps nothing of a batch that it was lent', () => {
      fc.assert(
        fc.property(rows, sizes, fc.boolean(), (some, cuts, ticks) => {
          const batches = cut(some, cuts);
          const kept = run(subject.make(), schema, batches, { ticks });
          expect(run(subject.make(), schema, batches, { ticks, spoil: true })).toEqual(kept);
        }),
      );
    });

    it('takes the selected rows of a batch, and no others', () => {
      fc.assert(
        fc.property(rows, rows, sizes, (some, others, cuts) => {
          const batches = cut(some, cuts);
          const given = run(subject.make(), schema, batches);
          expect(run(subject.make(), schema, batches, { among: others })).toEqual(given);
        }),
      );
    });

    it('gives the same in the end, whatever the batches', () => {
      fc.assert(
        fc.property(rows, sizes, (some, cuts) => {
          const whole = run(subject.make(), schema, [some]);
          const parts = run(subject.make(), schema, cut(some, cuts));
          expect(parts).toEqual(whole);
        }),
      );
    });

    it('gives no row twice without a change', () => {
      fc.assert(
        fc.property(rows, sizes, (some, cuts) => {
          const operator = subject.make();
          for (const batch of cut(some, cuts)) {
            take(operator, batchOf(schema, operator, batch));
            flush(operator, 'tick');
            expect(flush(operator, 'tick')).toEqual([]);
          }
          if (updates) expect(flush(operator, 'end')).toEqual([]);
        }),
      );
    });

    it.skipIf(updates)('gives each row once, when it is final', () => {
      fc.assert(
        fc.property(rows, sizes, (some, cuts) => {
          const operator = subject.make();
          const { flushes } = run(operator, schema, cut(some, cuts), { ticks: true });
          const keys = flushes
            .flat()
            .map((one) => JSON.stringify(operator.output.derived?.primaryKey.map((path) => one[path])));
          expect(new Set(keys).size).toBe(keys.length);
        }),
      );
    });

    it.skipIf(order === undefined)('flushes in the order of (window, key)', () => {
      fc.assert(
        fc.property(rows, sizes, (some, cuts) => {
          for (const flushed of run(subject.make(), schema, cut(some, cuts), { ticks: true }).flushes) {
            const places = flushed.map((one) => order?.map((path) => String(one[path])).join('\0') ?? '');
            expect(places).toEqual([...places].sort());
          }
        }),
      );
    });
  });
}

interface RunOptions {
  /** Flushes after each batch, and not only at the end. */
  readonly ticks?: boolean;
  /** Overwrites what was lent as soon as it may be. */
  readonly spoil?: boolean;
  /** Rows that stand between those of the batch, and are not selected. */
  readonly among?: readonly Row[];
}

function run(operator: Operator, schema: RecordSchema, batches: readonly Row[][], options: RunOptions = {}): Given {
  const given: Given = { rows: [], refused: [], flushes: [] };
  for (const rows of batches) {
    const batch = batchOf(schema, operator, rows, options.among);
    const { rows: at, refused } = take(operator, batch);
    given.rows.push(...at);
    given.refused.push(...refused);
    if (options.spoil) spoil(batch);
    if (options.ticks) given.flushes.push(flush(operator, 'tick'));
  }
  given.flushes.push(flush(operator, 'end'));
  return given;
}

function take(operator: Operator, batch: Batch): { rows: Row[]; refused: string[] } {
  const { rows, refused = [] } = operator.process(batch);
  return { rows: rows === undefined ? [] : [...rowsOf(rows)], refused: refused.map(({ reason }) => reason) };
}

function flush(operator: Operator, reason: 'tick' | 'end'): Row[] {
  const rows: Row[] = [];
  for (const batch of operator.flush(reason)) rows.push(...rowsOf(batch));
  return rows;
}

/** Rows in batches of these sizes, over and over. */
function cut(rows: readonly Row[], sizes: readonly number[]): Row[][] {
  const batches: Row[][] = [];
  for (let from = 0, turn = 0; from < rows.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    batches.push(rows.slice(from, from + size));
    from += size;
  }
  return batches;
}

/** A batch with columns for what the operator reads, and the records' bytes where it keeps them. */
function batchOf(schema: RecordSchema, operator: Operator, rows: readonly Row[], among: readonly Row[] = []): Batch {
  const before = among.slice(0, rows.length);
  const all = rows.flatMap((row, at) => [...before.slice(at, at + 1), row]);
  const selection = Int32Array.from(rows, (_, at) => at + Math.min(at + 1, before.length));
  const origin = {
    source: 'test',
    partition: 0,
    unit: 'line' as const,
    ordinal: (row: number) => row + 1,
    ...(operator.readsRecords ? { records: recordsOf(schema, all) } : {}),
  };
  const batch = batchFromRows(schema, all, { origin, paths: operator.reads });
  return among.length === 0 ? batch : { ...batch, selection };
}

function recordsOf(schema: RecordSchema, rows: readonly Row[]): RecordBytes {
  const encoder = ndjsonCodec.encoder({ schema });
  const lines = rows.map((row) => encoder.encode(batchFromRows(schema, [row])).slice(0, -1));
  const starts = new Int32Array(rows.length);
  const ends = new Int32Array(rows.length);
  let at = 0;
  for (const [index, line] of lines.entries()) {
    starts[index] = at;
    at += line.length;
    ends[index] = at;
  }
  return { encoding: 'json', buffer: Buffer.concat(lines), starts, ends };
}

/** Overwrites all of a batch's arrays, as the next batch of its maker would. */
function spoil({ columns, selection, origin }: Batch): void {
  for (const column of columns.values()) for (const array of arraysOf(column)) array.fill(0);
  selection?.fill(0);
  const { records } = origin ?? {};
  records?.buffer.fill(0x78);
  records?.starts.fill(0);
  records?.ends.fill(0);
}

function arraysOf(column: Column): { fill(value: number): unknown }[] {
  const nulls = column.nulls === undefined ? [] : [column.nulls];
  switch (column.kind) {
    case 'dictionary':
      return [column.ids, ...nulls];
    case 'time':
      return [column.millis, ...(column.forms === undefined ? [] : [column.forms]), ...nulls];
    case 'int64':
      return [{ fill: () => column.values.fill(0n) }, ...nulls];
    case 'float64':
    case 'bool':
      return [column.values, ...nulls];
    default:
      return [column.buffer, column.starts, column.ends, ...nulls];
  }
}
