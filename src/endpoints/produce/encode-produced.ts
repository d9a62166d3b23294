import type { Encoder } from '../../codecs/codec.js';
import type { Batch, Reject } from '../../records/batch.js';
import { selectedCount } from '../../records/batch.js';

const LINE_FEED = Uint8Array.of(10);

/** A simulated batch with the broken records that stand between its rows. */
export interface ProducedBatch extends Batch {
  readonly broken: readonly Reject[];
}

export function isProduced(batch: Batch): batch is ProducedBatch {
  return 'broken' in batch;
}

/**
 * The bytes of a simulated batch: its rows by the encoder, and the broken records as they are, a line each, between
 * the rows where their ordinals say.
 */
export function encodeProduced(batch: Batch, broken: readonly Reject[], encoder: Encoder): Uint8Array {
  const { origin, selection } = batch;
  if (broken.length === 0 || origin === undefined || selection === undefined) return encoder.encode(batch);
  const parts: Uint8Array[] = [];
  const count = selectedCount(batch);
  let from = 0;
  for (const { ordinal, raw } of broken) {
    let to = from;
    while (to < count && origin.ordinal(selection[to]) < ordinal) to++;
    if (to > from) parts.push(encoder.encode({ ...batch, selection: selection.subarray(from, to) }));
    parts.push(raw, LINE_FEED);
    from = to;
  }
  if (from < count) parts.push(encoder.encode({ ...batch, selection: selection.subarray(from) }));
  return Buffer.concat(parts);
}
