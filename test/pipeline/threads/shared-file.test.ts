import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NdjsonDecoder } from '../../../src/codecs/ndjson/decoder.js';
import { NdjsonEncoder } from '../../../src/codecs/ndjson/encoder.js';
import type { BatchSource } from '../../../src/endpoints/endpoint.js';
import { openFileRange } from '../../../src/endpoints/file-source.js';
import { RollupOperator } from '../../../src/operators/rollup/rollup-operator.js';
import { DecodedSource } from '../../../src/pipeline/decoded-source.js';
import { RecordReaders } from '../../../src/pipeline/record-readers.js';
import { HelperThread } from '../../../src/pipeline/threads/helper-thread.js';
import { SharedFile } from '../../../src/pipeline/threads/shared-file.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { calendarOf } from '../../../src/records/time/calendar.js';
import { UTC } from '../../../src/records/time/zone.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-shares-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Winners of it are columns. */
const NARROW = schemaOf([{ name: 'value', type: 'double' }]);
/** Winners of it are kept as their records' bytes. */
const WIDE = schemaOf([
  { name: 'value', type: 'double' },
  { name: 'tags', type: { type: 'array', items: 'string' } },
]);

function schemaOf(fields: object[]): RecordSchema {
  const json = {
    type: 'record',
    name: 'reading',
    freshet: { key: ['id'], time: 'at' },
    fields: [{ name: 'id', type: 'string' }, { name: 'at', type: 'string' }, ...fields],
  };
  return parseSchema(json, 'reading');
}

interface Answer {
  readonly rows: string;
  readonly rejects: readonly string[];
  readonly records: number;
}

/** What a rollup makes of a source, and all that the source says. */
async function answerOf(
  schema: RecordSchema,
  open: (records: boolean, paths: string[]) => BatchSource,
): Promise<Answer> {
  const access = new RecordReaders(schema, UTC, []);
  await access.load();
  const calendar = calendarOf('daily', UTC);
  const operator = new RollupOperator({ schema, calendar, emit: 'close', partitions: 1, access, now: Date.now });
  const source = open(operator.readsRecords, [...operator.reads]);
  const rejects: string[] = [];
  let records = 0;
  for (;;) {
    const batch = source.take();
    if (batch === 'end') break;
    if (batch === 'wait') {
      await source.ready();
      continue;
    }
    records += batch.counts ?? batch.length;
    for (const { reason, source: name, ordinal, raw } of batch.rejects ?? []) {
      rejects.push(`${name === path() ? '' : name}${ordinal}: ${reason}: ${Buffer.from(raw).toString('base64')}`);
    }
    if (batch.length > 0) operator.process(batch);
  }
  const encoder = new NdjsonEncoder({ schema: operator.output });
  const rows = Array.from(operator.flush('end'), (batch) => Buffer.from(encoder.encode(batch)).toString()).join('');
  await source.close();
  return { rows, rejects, records };
}

function path(): string {
  return join(folder, 'readings.ndjson');
}

function contextOf(schema: RecordSchema, records: boolean, paths: string[]) {
  return { schema, projection: { paths, records }, zone: UTC, source: path(), partition: 0 };
}

/** Some lines, each without a line feed: records, some of them twice in other words, and what is none. */
const line = fc.oneof(
  { weight: 8, arbitrary: record((fields) => JSON.stringify(fields)) },
  {
    weight: 1,
    arbitrary: record((fields) => `  ${JSON.stringify(Object.fromEntries(Object.entries(fields).reverse()))}\r`),
  },
  { weight: 1, arbitrary: record((fields) => JSON.stringify([fields, { ...fields, id: 'other' }])) },
  { weight: 1, arbitrary: fc.constantFrom('', '  ', '{', '{"id":1}', '\u0000', 'x'.repeat(300)) },
);

function record(write: (fields: object) => string): fc.Arbitrary<string> {
  const at = fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('T06:00:00', 'T06:00:00Z', 'T07:00:00.000+01:00', ' 09:30:00'),
    )
    .map(([day, time]) => `2017-08-0${day}${time}`);
  const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1));
  return fc
    .record({
      id: fc.constantFrom('a', 'b', 'ü"'),
      at,
      value,
      tags: fc.array(fc.constantFrom('x', 'y\n'), { maxLength: 2 }),
    })
    .map(write);
}

describe('a file that threads share', () => {
  it.each([
    ['columns', NARROW],
    ['records', WIDE],
  ])(
    'gives what one thread finds in it, where winners are kept as %s',
    async (_, schema) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { maxLength: 60 }),
          fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 2 }),
          fc.constantFrom(-1, 0, 2, 1000),
          fc.boolean(),
          async (lines, places, mostStates, endsInMidst) => {
            const text = lines.map((one) => `${one}\n`).join('');
            await writeFile(path(), endsInMidst ? text.slice(0, -1) : text);
            const cuts = [...new Set(places.map((place) => Math.min(place, lines.length)))]
              .sort((a, b) => a - b)
              .map((place) =>
                Buffer.byteLength(
                  lines
                    .slice(0, place)
                    .map((one) => `${one}\n`)
                    .join(''),
                ),
              );
            const alone = await answerOf(
              schema,
              (records, paths) =>
                new DecodedSource(
                  openFileRange(path(), 0, Number.POSITIVE_INFINITY),
                  new NdjsonDecoder(contextOf(schema, records, paths)),
                ),
            );
            const shared = await answerOf(schema, (records, paths) => {
              const helpers = cuts.map((from, index) => {
                const to = cuts[index + 1] ?? Number.POSITIVE_INFINITY;
                const question = { schema, period: 'daily', zone: 'UTC' } as const;
                return new HelperThread({ ...question, path: path(), from, to, mostStates, step: 100 });
              });
              return new SharedFile(contextOf(schema, records, paths), helpers);
            });
            expect(shared).toEqual(alone);
          },
        ),
        { numRuns: 40 },
      );
    },
    60_000,
  );
});
