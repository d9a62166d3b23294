import avro from 'avsc';
import { avroCodec } from '../../../src/codecs/avro/avro-codec.js';
import type { EncodeContext } from '../../../src/codecs/codec.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import type { Row, Value } from '../../../src/records/value.js';

/** An object container file of freshet's with these rows, a block for each list. */
export function fileOf(
  schema: RecordSchema,
  blocks: readonly (readonly Row[])[],
  more: Partial<EncodeContext> = {},
): Buffer {
  const encoder = avroCodec.encoder({ schema, ...more });
  const parts = blocks.map((rows) => encoder.encode(batchFromRows(schema, rows)));
  return Buffer.concat([...parts, encoder.finish()]);
}

/** An object container file of avsc's: another implementation. */
export async function avscFile(json: unknown, rows: readonly Row[], codec = 'null'): Promise<Buffer> {
  const type = avro.Type.forSchema(json as avro.Schema);
  const encoder = new avro.streams.BlockEncoder(type, { codec: codec as 'null', blockSize: 100 });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    encoder.on('end', resolve).on('error', reject);
  });
  encoder.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const row of rows) encoder.write(buffered(row));
  encoder.end();
  await done;
  return Buffer.concat(chunks);
}

/** The records of an object container file as avsc reads it. */
export async function readByAvsc(file: Uint8Array): Promise<unknown[]> {
  const decoder = new avro.streams.BlockDecoder({
    codecs: {
      ...avro.streams.BlockDecoder.defaultCodecs(),
      snappy: (block: Buffer, done: (error: Error | null, data?: Buffer) => void) => {
        import('snappy').then(
          ({ default: snappy }) => done(null, Buffer.from(snappy.uncompressSync(block.subarray(0, -4)))),
          done,
        );
      },
    },
  });
  const rows: unknown[] = [];
  const done = new Promise<void>((resolve, reject) => {
    decoder.on('end', resolve).on('error', reject);
  });
  decoder.on('data', (row: unknown) => rows.push(row));
  decoder.end(Buffer.from(file));
  await done;
  return rows;
}

/** Buffers and typed arrays are one here, and so are objects of any prototype; -0 of an integer is 0. */
export function plain(value: unknown): Value {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  }
  return Object.is(value, -0) ? 0 : (value as Value);
}

/** avsc wants a Buffer for bytes. */
export function buffered(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(buffered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, buffered(one)]));
}
