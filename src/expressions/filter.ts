import { type Batch, selectedCount } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import { Binder } from './binder.js';
import { type Condition, type Rows, TRUE } from './operand.js';
import { parseExpression } from './parser.js';

/** A condition over records, ready to be applied to batches. */
export interface Filter {
  /** Paths of the fields that it reads. */
  readonly reads: readonly string[];
  /**
   * The batch with those of its selected rows for which the condition is true, not false and not null.
   * The selection is borrowed until the next call.
   */
  apply(batch: Batch): Batch;
  /** What the condition says of the i-th selected row at [i]: 0 false, 1 true, 2 null. Borrowed like a selection. */
  mask(batch: Batch): Uint8Array;
}

/**
 * Reads, checks and prepares a condition.
 * @param zone of texts such as '2017-08-02' that are compared with a time
 * @throws UsageError that points to what is wrong
 */
export function compileFilter(text: string, schema: RecordSchema, zone: Zone): Filter {
  const binder = new Binder({ text, schema, zone });
  const condition = binder.condition(parseExpression(text));
  return new ConditionFilter(condition, [...binder.reads]);
}

class ConditionFilter implements Filter {
  readonly reads: readonly string[];
  readonly #condition: Condition;
  #selection = new Int32Array(0);

  constructor(condition: Condition, reads: readonly string[]) {
    this.#condition = condition;
    this.reads = reads;
  }

  apply(batch: Batch): Batch {
    const rows = rowsOf(batch);
    const answers = this.#condition.evaluate(rows);
    const { count, selection: before } = rows;
    if (this.#selection.length < count) this.#selection = new Int32Array(count);
    const selection = this.#selection;
    let passed = 0;
    for (let at = 0; at < count; at++) {
      selection[passed] = before === undefined ? at : before[at];
      passed += answers[at] === TRUE ? 1 : 0;
    }
    return passed === count ? batch : { ...batch, selection: selection.subarray(0, passed) };
  }

  mask(batch: Batch): Uint8Array {
    const rows = rowsOf(batch);
    return this.#condition.evaluate(rows).subarray(0, rows.count);
  }
}

function rowsOf(batch: Batch): Rows {
  return { batch, selection: batch.selection, count: selectedCount(batch) };
}
