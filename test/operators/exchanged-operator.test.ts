import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSelect } from '../../src/expressions/select.js';
import { ExchangedOperator } from '../../src/operators/exchanged-operator.js';
import { WindowOperator } from '../../src/operators/window/window-operator.js';
import type { Batch } from '../../src/records/batch.js';
import { deriveRollup, deriveWindow } from '../../src/records/derive.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { RecordSchema } from '../../src/records/schema.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'device', type: 'string' },
      { name: 'country', type: 'string' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'value', type: 'long' },
    ],
    freshet: { key: ['device'], time: 'at' },
  },
  'reading',
);
/** Of which the newest of each device, country and day counts. */
const upserts = deriveRollup({ ...schema, key: ['device', 'country'] }, 'daily');
const PARTITIONS = 3;

function shapeOf(of: RecordSchema) {
  const country = of.fields.filter(({ name }) => name === 'country');
  const select = parseSelect('count() as n, sum(value)', of);
  const output = deriveWindow(of, country, select, true);
  return { schema: of, by: ['country'], select, zone: UTC, output, maxState: 1000, now: () => 0 };
}

const reading = fc.record({
  date: fc.constant('1970-01-01'),
  country: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  at: fc.nat(60),
  value: fc.nat(9),
});
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ partition: fc.nat(PARTITIONS - 1), rows: fc.array(reading, { maxLength: 6 }) }),
  },
  { weight: 2, arbitrary: fc.constant('tell' as const) },
  { weight: 3, arbitrary: fc.record({ deliver: fc.nat(PARTITIONS - 1), most: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.constant('flush' as const) },
  { weight: 2, arbitrary: fc.record({ here: fc.nat(PARTITIONS - 1) }) },
  { weight: 1, arbitrary: fc.record({ move: fc.nat(PARTITIONS - 1) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const [earlier, later, other] = (
  [
    ['b', 0],
    ['b', 10],
    ['a', 10],
  ] as const
).map(([country, at]) => ({
  ...{ date: '1970-01-01' as const, country, at, value: 0 },
}));
/** A row stays in a window that only other partitions hold open, though a later one has its place; its part moves. */
const REPLACED_BEHIND_OTHERS: Step[] = [
  { partition: 0, rows: [earlier, other, later] },
  { deliver: 2, most: 2 },
  { partition: 1, rows: [other] },
  { partition: 2, rows: [other] },
  { move: 2 },
];

/** A device's records are all in one partition. */
const batchOf = (of: RecordSchema, partition: number, rows: readonly Row[]): Batch => ({
  ...batchFromRows(
    of,
    rows.map((row) => ({ device: `d${partition}`, ...row })),
  ),
  origin: { source: '', partition, unit: 'offset', ordinal: (row) => row },
});
const sorted = (rows: readonly Row[]): string[] =>
  rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))).sort();

const partOf = ({ country: group }: Row): number => String(group).charCodeAt(0) % PARTITIONS;

/** An ExchangedOperator, what is between its parts, and all that it gave. */
class Parts {
  readonly given: Row[] = [];
  late = 0;
  readonly #operator: ExchangedOperator;
  readonly #between: { readonly batch: Batch; readonly reached: number }[][] = [[], [], []];
  /** By part: the rows of its state. */
  readonly #kept: Batch[][] = [[], [], []];

  readonly #schema: RecordSchema;

  constructor(shape: { readonly schema: RecordSchema; readonly by: readonly string[] }, make: () => WindowOperator) {
    this.#schema = shape.schema;
    this.#operator = new ExchangedOperator(shape, make, [0, 1, 2], () => 0);
    this.#operator.onward = {
      partsOf: (batch) => Int32Array.from(rowsOf(batch), (row) => partOf(row)),
      send: (batch, stretches) => {
        const rows = [...rowsOf(batch)];
        let from = 0;
        for (const { to, reached } of stretches) {
          for (const row of rows.slice(from, to)) {
            this.#between[partOf(row)]?.push({
              batch: batchOf(this.#schema, batch.origin?.partition ?? -1, [row]),
              reached,
            });
          }
          from = to;
        }
      },
      tell: (partition, reached, parts) => {
        for (const part of parts) this.#between[part]?.push({ batch: batchOf(this.#schema, partition, []), reached });
      },
      drop: () => {},
    };
  }

  process(partition: number, rows: readonly Row[]): void {
    const { refused = [] } = this.#operator.process(batchOf(this.#schema, partition, rows));
    this.late += refused.filter(({ late }) => late).length;
  }

  /** Once all that was sent to a part was delivered, what comes for it need not be sent. */
  keepHere(part: number): void {
    if (this.#between[part]?.length === 0) this.#operator.keepHere([part]);
  }

  tell(): void {
    this.#operator.tell();
  }

  deliver(part: number, most = Number.POSITIVE_INFINITY): void {
    for (const { batch, reached } of this.#between[part]?.splice(0, most) ?? []) {
      const exchanged = { part, reached: Number.isFinite(reached) ? reached : undefined };
      const { refused = [] } = this.#operator.process({ ...batch, exchanged });
      this.late += refused.filter(({ late }) => late).length;
    }
  }

  flush(): void {
    for (const { part, rows, as } of this.#operator.changes('tick')) {
      if (as === 'rows') this.given.push(...rowsOf(rows));
      const own = batchFromRows(rows.schema, [...rowsOf(rows)]);
      if (as === 'state') this.#kept[part]?.push(own);
    }
  }

  /** Another copy goes on with a part. */
  move(part: number): void {
    this.flush();
    const progress = this.#operator.progress(part);
    this.#operator.drop(part);
    for (const rows of this.#kept[part] ?? []) this.#operator.restore(part, rows);
    this.#operator.resume(part, progress);
  }
}

describe('records that are sent to the part that has their group', () => {
  it.each([
    ['windows that follow one another', schema, { size: 10 }],
    ['windows that overlap', schema, { size: 20, slide: 5 }],
    ['windows of rows that others take the place of', upserts, { size: 10 }],
    ['windows of such rows that overlap', upserts, { size: 20, slide: 5 }],
  ])('are late and final as if one operator had read all of them: %s', (_, of, size) => {
    const shape = shapeOf(of);
    let late = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 3, 15), (steps, allowedLateness) => {
        const options = { ...shape, ...size, emit: 'close' as const, allowedLateness, partitions: PARTITIONS };
        const parts = new Parts(shape, () => new WindowOperator({ ...options, kept: true }));
        const one = new WindowOperator(options);
        let lateForOne = 0;
        for (const what of steps) {
          if (what === 'tell') parts.tell();
          else if (what === 'flush') parts.flush();
          else if ('rows' in what) {
            parts.process(what.partition, what.rows);
            if (what.rows.length > 0)
              lateForOne += one.process(batchOf(of, what.partition, what.rows)).refused?.length ?? 0;
          } else if ('move' in what) parts.move(what.move);
          else if ('deliver' in what) parts.deliver(what.deliver, what.most);
        }
        parts.tell();
        for (let part = 0; part < PARTITIONS; part++) parts.deliver(part);
        parts.flush();
        const wanted = Array.from(one.flush('tick'), (rows) => [...rowsOf(rows)]).flat();
        expect(sorted(parts.given)).toEqual(sorted(wanted));
        expect(parts.late).toBe(lateForOne);
        late += parts.late;
      }),
      { numRuns: 600, examples: [[REPLACED_BEHIND_OTHERS, 0]] },
    );
    expect(late).toBeGreaterThan(50);
  });
});
