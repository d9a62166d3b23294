import fc from 'fast-check';
import { expect, it } from 'vitest';
import { registryHeader } from '../../src/codecs/avro/value-header.js';
import type { Codec } from '../../src/codecs/codec.js';
import { RecordSplitter } from '../../src/endpoints/kafka/records/record-splitter.js';
import { loadCodec } from '../../src/pipeline/formats.js';
import { MixedValueDecoder } from '../../src/pipeline/mixed-values.js';
import { schemaJson } from '../../src/records/schema-json.js';
import { UTC } from '../../src/records/time/zone.js';
import { decodeValues, framed } from '../codecs/decode-values.js';
import { batchOf, COUNTS } from './topic-rows.js';

const json = schemaJson(COUNTS);
const paths = COUNTS.fields.map(({ name }) => name);
const row = (n: number): { channel: string; at: string; n: number; note: null } => ({
  channel: 'a',
  at: '2017-08-01T00:00:00',
  n,
  note: null,
});

function decoder(codecs: Codec[] = []): MixedValueDecoder {
  const find = async (): Promise<{ json: unknown; others: [] }> => ({ json, others: [] });
  const writers = { byId: find, byFingerprint: find };
  return new MixedValueDecoder({ schema: COUNTS, zone: UTC, projection: { paths, records: true }, writers }, codecs);
}

const KINDS = ['ndjson', 'msgpack', 'registry', 'fingerprint', 'null', 'broken'] as const;

/** One record in the format that a kind says. */
async function encodedAs(kind: (typeof KINDS)[number], n: number): Promise<Uint8Array | null> {
  if (kind === 'null') return null;
  if (kind === 'broken') return Buffer.from([0xc3, 0x28, n & 0x7f]);
  const format = kind === 'registry' || kind === 'fingerprint' ? 'avro' : kind;
  const header = kind === 'registry' ? { recordHeader: registryHeader(3) } : {};
  const encoder = (await loadCodec(format)).encoder({ schema: COUNTS, ...header });
  const encoded = encoder.encodeRecords?.(batchOf([row(n)]));
  return encoded?.bytes.slice(encoded.starts[0], encoded.ends[0]) ?? null;
}

it('values of several formats are each read in its own, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.integer({ min: 1, max: 5 })), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1, 6, 4096),
      async (runs, parts, least) => {
        const kinds = runs.flatMap(([kind, count]) => new Array<(typeof KINDS)[number]>(count).fill(kind));
        const values = await Promise.all(kinds.map(encodedAs));
        const codecs: Codec[] = [];
        const read = await decodeValues(decoder(codecs), values, { parts, least });
        const good = kinds.flatMap((kind, at) => (kind === 'null' || kind === 'broken' ? [] : [at]));
        expect(read.rows).toEqual(good.map(row));
        expect(read.offsets).toEqual(good);
        expect(read.bytes).toEqual(good.map((at) => Buffer.from(values[at] ?? []).toString('latin1')));
        expect(read.refused.map(({ offset }) => offset)).toEqual(
          kinds.flatMap((kind, at) => (kind === 'broken' ? [at] : [])),
        );
        expect(read.tombstones).toBe(kinds.filter((kind) => kind === 'null').length);
        // What has come can be read back, and no more is loaded.
        const formats = new Set(codecs.map(({ format }) => format));
        expect(formats.size).toBe(codecs.length);
        expect(formats.has('msgpack')).toBe(kinds.includes('msgpack'));
      },
    ),
  );
});

it('values that are not wanted any more are forgotten while a codec is loaded', async () => {
  const mixed = decoder();
  const splitter = new RecordSplitter();
  mixed.add(await framed(splitter, [await encodedAs('msgpack', 1), await encodedAs('ndjson', 2)], 10));
  expect([mixed.next(), mixed.pending]).toEqual([undefined, 10]);
  expect(mixed.waiting).toBeDefined();
  mixed.forget();
  expect([mixed.next(), mixed.waiting, mixed.pending]).toEqual([undefined, undefined, undefined]);
  splitter.close();
  expect((await decodeValues(mixed, [await encodedAs('fingerprint', 5)])).rows).toEqual([row(5)]);
});
