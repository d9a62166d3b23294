import type { Batch } from '../records/batch.js';
import type { Refused } from './operator.js';

/** Keeps rows out that fit the schema and are wrong all the same. */
export interface Guard {
  /** The batch without such rows, and these. */
  apply(batch: Batch): { readonly batch: Batch; readonly refused: readonly Refused[] };
}

/** A batch without the refused rows, which are in the order of the batch's selected rows. */
export function without(batch: Batch, refused: readonly Refused[]): Batch {
  if (refused.length === 0) return batch;
  const count = batch.selection?.length ?? batch.length;
  const kept = new Int32Array(count - refused.length);
  let next = 0;
  let passed = 0;
  for (let at = 0; at < count; at++) {
    const row = batch.selection?.[at] ?? at;
    if (refused[next]?.row === row) next++;
    else kept[passed++] = row;
  }
  return { ...batch, selection: kept };
}
