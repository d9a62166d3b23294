import type { Batch, Reject } from '../../records/batch.js';
import { UsageError } from '../../records/errors.js';
import { valueAt } from '../../records/rows.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Row } from '../../records/value.js';
import { cellFaults } from './cell-faults.js';
import { type Fault, faultyFields } from './fault.js';
import { jsonFaults, pick } from './json-faults.js';
import { Random } from './random.js';

/** The formats in which one broken record leaves the others readable. */
export const BREAKABLE_FORMATS = ['ndjson', 'csv', 'tsv'] as const;
export type BreakableFormat = (typeof BREAKABLE_FORMATS)[number];

/** @throws UsageError for a format whose records can't be broken one by one */
export function breakableFormat(format: string): BreakableFormat {
  const breakable = BREAKABLE_FORMATS.find((one) => one === format);
  if (breakable !== undefined) return breakable;
  throw new UsageError(
    `--broken can't write ${format}: a broken record would end the stream`,
    `Use --format ${BREAKABLE_FORMATS.join(', ')}, or leave out --broken.`,
  );
}

/** Puts broken records in the place of some. All kinds of faults are equally likely. */
export class BrokenRecords {
  readonly #faults: readonly Fault[];
  readonly #source: string;
  readonly #share: number;
  readonly #choice: Random;
  readonly #details: Random;

  constructor(schema: RecordSchema, source: string, share: number, format: BreakableFormat, seed: number) {
    const fields = faultyFields(schema);
    this.#faults = format === 'ndjson' ? jsonFaults(fields) : cellFaults(fields, format === 'csv' ? ',' : '\t');
    this.#source = source;
    this.#share = share;
    this.#choice = Random.for(seed, 'broken');
    this.#details = Random.for(seed, 'faults');
  }

  /** The batch without the rows that are broken now: they are its rejects. The stream's first record stays as it is. */
  breakSome(batch: Batch): Batch {
    const selection = new Int32Array(batch.length);
    const rejects: Reject[] = [];
    let kept = 0;
    for (let row = 0; row < batch.length; row++) {
      const ordinal = batch.origin?.ordinal(row) ?? row + 1;
      if (!this.#choice.chance(this.#share) || ordinal === 1) selection[kept++] = row;
      else rejects.push(this.#broken(batch, row, ordinal));
    }
    return rejects.length === 0 ? batch : { ...batch, selection: selection.subarray(0, kept), rejects };
  }

  #broken(batch: Batch, row: number, ordinal: number): Reject {
    const record: Row = {};
    for (const [path, column] of batch.columns) record[path] = valueAt(column, row);
    const fault = pick(this.#faults, this.#details) as Fault;
    const raw = Uint8Array.from(fault.make(record, this.#details));
    return { reason: fault.reason, source: this.#source, unit: 'record', ordinal, raw };
  }
}
