import type { Codec, DecodeContext, Decoder } from '../../src/codecs/codec.js';
import { rowsOf } from '../../src/records/rows.js';
import type { RecordSchema } from '../../src/records/schema.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';

/** A dead letter as a test compares it. */
export interface Refused {
  reason: string;
  at: string;
  raw: string;
}

export interface Decoded {
  rows: Row[];
  /** The number of each row's record. */
  ordinals: number[];
  rejects: Refused[];
  /** Each row's record, where the projection asked for it. */
  records: Buffer[];
}

export function contextOf(
  schema: RecordSchema,
  more: Partial<DecodeContext> & { records?: boolean; paths?: string[] } = {},
): DecodeContext {
  const { records = false, paths = schema.fields.map(({ name }) => name), ...context } = more;
  return { schema, projection: { paths, records }, zone: UTC, source: 'test', partition: 0, ...context };
}

/** Everything that a codec makes of bytes that come in chunks of these sizes, over and over. */
export function decodeAll(
  codec: Codec,
  context: DecodeContext,
  bytes: Uint8Array,
  sizes: readonly number[] = [1 << 20],
): Decoded {
  const decoded: Decoded = { rows: [], ordinals: [], rejects: [], records: [] };
  const decoder = codec.decoder(context);
  let turn = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = Math.min(bytes.length - at, sizes[turn++ % sizes.length] ?? 1);
    decoder.space(size).set(bytes.subarray(at, at + size));
    decoder.filled(size);
    at += size;
    drain(decoder, decoded);
  }
  decoder.end();
  drain(decoder, decoded);
  return decoded;
}

/** Takes every batch that a decoder has. */
export function drain(decoder: Decoder, into: Decoded): void {
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
    const { origin, rejects = [], length } = batch;
    // Bytes are copied: the batch is borrowed.
    into.rows.push(...rowsOf(batch));
    for (let row = 0; row < length; row++) {
      into.ordinals.push(origin?.ordinal(row) ?? Number.NaN);
      const records = origin?.records;
      if (records !== undefined)
        into.records.push(Buffer.from(records.buffer.slice(records.starts[row], records.ends[row])));
    }
    for (const { reason, unit, ordinal, raw } of rejects) {
      into.rejects.push({ reason, at: `${unit} ${ordinal}`, raw: Buffer.from(raw).toString('latin1') });
    }
  }
}
