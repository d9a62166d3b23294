import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordBatches } from '../../../src/endpoints/kafka/records/record-batch.js';
import { RecordSplitter } from '../../../src/endpoints/kafka/records/record-splitter.js';
import { KnownWriters } from '../../../src/pipeline/known-writers.js';
import { AvroTexts } from '../../../src/pipeline/tail/avro-texts.js';
import { RecordWriter, type TailForm } from '../../../src/pipeline/tail/record-writer.js';
import { encodeBatch, type WrittenRecord } from '../../endpoints/kafka/encode-batch.js';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array)),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text)),
  fc.json({ maxDepth: 2 }).map((text) => Buffer.from(text)),
  fc.json({ maxDepth: 2 }).map((text) => Buffer.from(JSON.stringify(JSON.parse(text), undefined, 2))),
);
const nullable = fc.option(bytes, { nil: null });
const headers = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ maxLength: 5 }), { maxKeys: 3 });
const records = fc.array(fc.record({ key: nullable, value: nullable, headers }), { minLength: 1, maxLength: 20 });

async function written(form: TailForm, all: readonly WrittenRecord[], baseOffset: number): Promise<Buffer> {
  const [batch] = recordBatches(await encodeBatch(all, { baseOffset }));
  if (batch === undefined || 'problem' in batch) throw new Error('there is no batch');
  const { records, count } = batch;
  const splitter = new RecordSplitter();
  splitter.add(records, count, batch);
  const split = splitter.found;
  const writer = new RecordWriter(form, new AvroTexts(new KnownWriters(undefined, undefined), () => {}));
  writer.add({ topic: 'a.topic', partition: 3, split }, 0, count);
  const taken = Buffer.from(writer.take());
  expect(writer.take()).toHaveLength(0);
  splitter.close();
  return taken;
}

/** As a person would want to see it. */
function asJson(value: Buffer | null | undefined): unknown {
  if (value === null || value === undefined) return null;
  return isUtf8(value) ? value.toString() : { base64: value.toString('base64') };
}

describe('records are written', () => {
  it('as text, one a line, with nothing in it that moves a cursor', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.nat({ max: 2 ** 40 }), async (all, baseOffset) => {
        const out = (await written('text', all, baseOffset)).toString();
        const lines = out.split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => line.split(' ')[0])).toEqual(all.map((_, at) => `a.topic:3:${baseOffset + at}`));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('as JSON with all that they have', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (all) => {
        const lines = (await written('json', all, 7)).toString().split('\n').slice(0, -1);
        expect(lines).toHaveLength(all.length);
        all.forEach(({ key, value, headers }, at) => {
          const found = JSON.parse(lines[at] ?? '');
          expect({ ...found, value: 0 }).toEqual({
            topic: 'a.topic',
            partition: 3,
            offset: 7 + at,
            timestamp: 1_500_000_000_000 + at,
            key: asJson(key),
            value: 0,
            headers,
          });
          const text = asJson(value);
          // MessagePack comes as JSON too: bytes that happen to be some are as well left out here.
          if (typeof text === 'string') expect(found.value).toEqual(parsed(text));
          else if (value === null) expect(found.value).toBeNull();
        });
      }),
    );
  });
});

/** The value of a JSON text, and any other text itself. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
