import { NdjsonDecoder } from '../../../src/codecs/ndjson/decoder.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC, type Zone } from '../../../src/records/time/zone.js';
import type { Read } from './read-slowly.js';

export interface Decoded extends Read {
  readonly ordinals: number[];
  readonly reasons: string[];
}

/** Decodes bytes that arrive in chunks of these sizes, the last size again and again. */
export function decode(
  schema: RecordSchema,
  bytes: Uint8Array,
  chunks: readonly number[] = [1 << 30],
  zone: Zone = UTC,
): Decoded {
  const paths = schema.fields.map(({ name }) => name);
  const decoder = new NdjsonDecoder({
    schema,
    projection: { paths, records: true },
    zone,
    source: 'test',
    partition: 0,
  });
  const decoded: Decoded = { rows: [], refused: [], ordinals: [], reasons: [] };
  const drain = (): void => {
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
      decoded.rows.push(...rowsOf(batch));
      for (let row = 0; row < batch.length; row++) decoded.ordinals.push(batch.origin?.ordinal(row) ?? 0);
      for (const reject of batch.rejects ?? []) {
        decoded.refused.push(reject.ordinal);
        decoded.reasons.push(reject.reason);
      }
    }
  };
  for (let from = 0, at = 0; from < bytes.length; at++) {
    const size = Math.max(1, chunks[Math.min(at, chunks.length - 1)] ?? 1);
    const chunk = bytes.subarray(from, from + size);
    decoder.space(chunk.length).set(chunk);
    decoder.filled(chunk.length);
    from += chunk.length;
    drain();
  }
  decoder.end();
  drain();
  decoder.close();
  return decoded;
}
