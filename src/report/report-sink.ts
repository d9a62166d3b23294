import type { Sink, SinkCounts } from '../endpoints/endpoint.js';
import { type Batch, selectedCount } from '../records/batch.js';
import { rowsOf } from '../records/rows.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row } from '../records/value.js';
import { PrimaryKey } from './primary-key.js';

/** What a report is made of. */
export interface ReportRows {
  readonly schema: RecordSchema;
  result(): ReportResult;
}

export interface ReportResult {
  /** Those to show. */
  readonly rows: readonly Row[];
  /** Those and others that are known. */
  readonly kept?: readonly Row[];
  /** How many there are, shown or not. */
  readonly total: number;
  /** How many came before those and made room. */
  readonly forgotten?: number;
}

/**
 * Collects rows for a report: of a derived type the last row of each primary key, in the order in which keys came;
 * of others every row, up to the limit.
 */
export class ReportSink implements Sink, ReportRows {
  readonly name = 'report';
  readonly #rows = new Map<string, Row>();
  readonly #key: PrimaryKey;
  readonly #most: number;
  #count = 0;

  /**
   * @param limit rows to show; Infinity for all
   * @param charted rows of a type without a primary key that are kept for a chart, where those to show are fewer
   */
  constructor(
    readonly schema: RecordSchema,
    readonly limit: number,
    charted = 0,
  ) {
    this.#key = new PrimaryKey(schema);
    this.#most = Math.max(limit, charted);
  }

  async write(batch: Batch): Promise<void> {
    const keyed = this.#key.exists;
    if (!keyed && this.#rows.size >= this.#most) {
      this.#count += selectedCount(batch);
      return;
    }
    for (const row of rowsOf(batch)) {
      this.#count++;
      if (keyed) this.#replace(row);
      else if (this.#rows.size < this.#most) this.#rows.set(String(this.#count), row);
    }
  }

  /** The first rows. */
  result(): ReportResult {
    const rows = [...this.#rows.values()];
    const total = this.#key.exists ? rows.length : this.#count;
    return { rows: rows.slice(0, this.limit), kept: rows, total };
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  counts(): SinkCounts {
    return { rows: this.#count };
  }

  #replace(row: Row): void {
    const key = this.#key.of(row);
    const known = this.#rows.get(key);
    if (known === undefined || !this.#key.isStale(row, known)) this.#rows.set(key, row);
  }
}
