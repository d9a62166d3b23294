import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NdjsonValueDecoder } from '../../../src/codecs/ndjson/value-decoder.js';
import { RecordSplitter } from '../../../src/endpoints/kafka/records/record-splitter.js';
import type { Batch } from '../../../src/records/batch.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { rowsOf } from '../../../src/records/rows.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { encodeBatch } from '../../endpoints/kafka/encode-batch.js';
import { decode } from './decode.js';
import { readSlowly } from './read-slowly.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'yt_channel_id', type: 'string' },
      { name: 'harvest_ts', type: 'string' },
      { name: 'subs', type: 'long' },
    ],
    freshet: { key: ['yt_channel_id'], time: 'harvest_ts' },
  },
  'yt',
);

/** A value and how far its offset is from the one before. */
interface Value {
  readonly value: Buffer | null;
  readonly gap: number;
}

/** Values of one partition that are fetched together, and in how large parts they are added. */
interface Run {
  readonly partition: number;
  readonly values: readonly Value[];
  readonly parts: readonly number[];
}

interface Found {
  /** `partition offset` of each row. */
  readonly at: string[];
  readonly rows: Row[];
  readonly bytes: string[];
  /** `partition offset bytes` of each reject, sorted. */
  readonly refused: string[];
  tombstones: number;
}

const record = (id: string, subs: string): string =>
  `{"yt_channel_id": "${id}", "harvest_ts": "2017-08-02T02:00:00", "subs": ${subs}}`;

const good = fc
  .tuple(fc.constantFrom('a', 'bc', 'd'.repeat(30)), fc.integer({ min: -10, max: 2 ** 40 }))
  .map(([id, subs]) => record(id, String(subs)));
const spread = good.map((text) => text.replaceAll(', ', ',\n  ').replace('{', '{\n  '));
const text = fc.oneof(
  { weight: 6, arbitrary: good },
  { weight: 2, arbitrary: spread },
  { weight: 1, arbitrary: fc.array(fc.oneof(good, spread), { maxLength: 3 }).map((all) => `[${all.join(',\n')}]`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\n',
      '\r\n\t',
      '\0',
      ' \x1f ',
      '\ufeff',
      '[]',
      '{}',
      'null',
      record('a', '"1"'),
    ),
  },
  { weight: 1, arbitrary: good.map((one) => `${one}\n${one}`) },
  { weight: 1, arbitrary: good.map((one) => `\ufeff${one}`) },
  { weight: 1, arbitrary: good.map((one) => one.replace('"a"', '"a\nb"')) },
  { weight: 1, arbitrary: fc.string() },
);
const value: fc.Arbitrary<Value> = fc.record({
  value: fc.oneof(
    { weight: 10, arbitrary: text.map((one): Buffer | null => Buffer.from(one)) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((one): Buffer | null => Buffer.from(one)) },
  ),
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }) }),
});
const run: fc.Arbitrary<Run> = fc.record({
  partition: fc.integer({ min: 0, max: 2 }),
  values: fc.array(value, { maxLength: 30 }),
  parts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
});

function note(batch: Batch, found: Found): void {
  const { origin } = batch;
  found.rows.push(...rowsOf(batch));
  for (let row = 0; row < batch.length; row++) {
    found.at.push(`${origin?.source}/${origin?.partition} ${origin?.ordinal(row)}`);
    const records = origin?.records;
    const original = records?.original?.(row) ?? records?.buffer.slice(records.starts[row], records.ends[row]);
    found.bytes.push(
      Buffer.from(original ?? [])
        .toString('latin1')
        .trim(),
    );
  }
  for (const { source, unit, ordinal, raw } of batch.rejects ?? []) {
    found.refused.push(`${source} ${unit} ${ordinal} ${Buffer.from(raw).toString('latin1')}`);
  }
}

/** Adds runs in parts, and takes batches in between where the next part is of the same run, and always before another. */
async function decodeValues(runs: readonly Run[], least: number): Promise<Found> {
  const decoder = new NdjsonValueDecoder({
    schema,
    projection: { paths: schema.fields.map(({ name }) => name), records: true },
    zone: UTC,
  });
  const splitter = new RecordSplitter();
  const found: Found = { at: [], rows: [], bytes: [], refused: [], tombstones: 0 };
  const drain = (fewest: number): void => {
    for (let batch = decoder.next(fewest); batch !== undefined; batch = decoder.next(fewest)) note(batch, found);
  };
  for (const { partition, values, parts } of runs) {
    let next = 0;
    const records = values.map(({ value, gap }) => {
      next += gap;
      return { value, offset: next - 1 };
    });
    for (let from = 0, turn = 0; from < records.length; turn++) {
      const part = records.slice(from, from + (parts[turn % parts.length] ?? 1));
      from += part.length;
      const [first] = part;
      const baseOffset = first?.offset ?? 0;
      const batch = await encodeBatch(part.map((one) => ({ ...one, offset: one.offset - baseOffset })));
      const bytes = batch.subarray(61);
      const split = splitter.split(bytes, part.length);
      found.tombstones += decoder.add({
        ...split,
        source: `t:${partition}`,
        partition,
        bytes: bytes.length,
        offset: (index) => baseOffset + split.offset(index),
      });
      drain(least);
    }
    drain(1);
  }
  splitter.close();
  decoder.close();
  found.refused.sort();
  return found;
}

/** The slow, obvious way: each value by itself. */
function readValuesSlowly(runs: readonly Run[]): Omit<Found, 'bytes'> {
  const found = { at: [] as string[], rows: [] as Row[], refused: [] as string[], tombstones: 0 };
  for (const { partition, values } of runs) {
    let offset = -1;
    for (const { value, gap } of values) {
      offset += gap;
      if (value === null) {
        found.tombstones++;
        continue;
      }
      const refuse = (): void => void found.refused.push(`t:${partition} offset ${offset} ${value.toString('latin1')}`);
      if (/^[ \t\r\n]*$/.test(value.toString('latin1'))) {
        refuse();
        continue;
      }
      // Between the parts of JSON a line feed is as good as a carriage return, and in its texts as bad.
      const line = Buffer.from(value.toString('latin1').replaceAll('\n', '\r'), 'latin1');
      // A mark of the byte order is for files.
      const marked = value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf;
      const { rows, refused } = marked ? { rows: [], refused: [1] } : readSlowly(schema, line);
      found.rows.push(...rows);
      for (const _ of rows) found.at.push(`t:${partition}/${partition} ${offset}`);
      for (const _ of refused) refuse();
    }
  }
  found.refused.sort();
  return found;
}

describe('values are read as lines are', () => {
  it('however they are split and batched, with their offsets, and refused ones with their bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 4 }), fc.constantFrom(1, 7, 4096), async (runs, least) => {
        const { bytes: _, ...found } = await decodeValues(runs, least);
        const slow = readValuesSlowly(runs);
        expect(found).toEqual(slow);
      }),
      { numRuns: 400 },
    );
  });

  it('and give the same rows as a file of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(good, { maxLength: 50 }), async (lines) => {
        const values = lines.map((one) => ({ value: Buffer.from(one), gap: 1 }));
        const { rows, at } = await decodeValues([{ partition: 0, values, parts: [7] }], 4096);
        const file = decode(schema, Buffer.from(lines.map((one) => `${one}\n`).join('')));
        expect(rows).toEqual(file.rows);
        expect(at).toEqual(file.ordinals.map((line) => `t:0/0 ${line - 1}`));
      }),
    );
  });

  it('and keep their own bytes, with their line feeds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(good, spread), { maxLength: 50 }), async (texts) => {
        const values = texts.map((one) => ({ value: Buffer.from(one), gap: 1 }));
        const { bytes } = await decodeValues([{ partition: 0, values, parts: [3, 9] }], 7);
        expect(bytes).toEqual(texts);
      }),
    );
  });

  it('many of them, in batches of many', async () => {
    const values = Array.from({ length: 20_000 }, (_, at) => ({
      value: Buffer.from(record(`c${at % 7}`, `${at}`)),
      gap: 1,
    }));
    const { rows, at } = await decodeValues([{ partition: 1, values, parts: [3000, 1] }], 4096);
    expect(rows.map(({ subs }) => subs)).toEqual(values.map((_, place) => place));
    expect(at.at(-1)).toBe('t:1/1 19999');
  });
});
