import type { BatchSource, RejectedRow } from '../endpoints/endpoint.js';
import type { Refused } from '../operators/operator.js';
import type { Batch, Reject } from '../records/batch.js';
import { jsonText } from '../records/json-text.js';
import { rowsOf } from '../records/rows.js';
import type { DeadLetter } from './dead-letter-record.js';
import type { DeadLetters } from './dead-letters.js';

interface Told {
  readonly deadLetters: DeadLetters;
  readonly source: BatchSource;
}

/** Makes dead letters of rows. @param computed where rows that come from nowhere were on their way to, and how many had gone before */
export function addRefused(
  { deadLetters, source: from }: Told,
  batch: Batch,
  refused: readonly (RejectedRow & Partial<Refused>)[] | undefined,
  computed = { source: '', before: 0 },
): void {
  const { origin } = batch;
  for (const { row, late, reason } of refused ?? []) {
    const records = origin?.records;
    const raw =
      records?.original?.(row) ?? records?.buffer.slice(records.starts[row], records.ends[row]) ?? asJson(batch, row);
    const { source, unit } = origin ?? { source: computed.source, unit: 'record' as const };
    const ordinal = origin?.ordinal(row) ?? computed.before + row + 1;
    deadLetters.add(withEnvelope(deadLetters, batch, { reason, source, unit, ordinal, raw }), late);
    from.refused?.({ reason, ...(origin === undefined ? {} : { ordinal }) });
  }
}

/** A dead letter that is kept has what a topic's record had besides. */
export function withEnvelope({ keeps }: DeadLetters, { envelope }: Batch, letter: Reject): DeadLetter {
  return keeps && envelope !== undefined ? { ...letter, envelope: envelope(letter.ordinal) } : letter;
}

/** A row of a source whose records have no bytes of their own: a table's. */
function asJson(batch: Batch, row: number): Uint8Array {
  const [record = {}] = rowsOf({ ...batch, selection: Int32Array.of(row) });
  return Buffer.from(jsonText(record));
}
