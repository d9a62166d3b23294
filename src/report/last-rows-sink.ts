import type { Sink, SinkCounts } from '../endpoints/endpoint.js';
import { type Batch, selectedCount } from '../records/batch.js';
import { rowsOf } from '../records/rows.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row } from '../records/value.js';
import { PrimaryKey } from './primary-key.js';
import type { ReportResult, ReportRows } from './report-sink.js';

/** Rows that are kept at most: the one that changed longest ago makes room. */
const MOST_ROWS = 200_000;

interface Kept {
  readonly row: Row;
  /** The number of its key among those that came. */
  readonly place: number;
}

/**
 * Collects rows of a stream for a report that is made again and again: of a derived type the last row of each primary
 * key, of others the last rows. Memory is bounded.
 */
export class LastRowsSink implements Sink, ReportRows {
  readonly name = 'report';
  /** From the one that changed longest ago on. */
  readonly #rows = new Map<string, Kept>();
  /** One iterator for all: a new one would look at all that has gone from the front. */
  readonly #oldest = this.#rows.keys();
  readonly #key: PrimaryKey;
  /** How many rows are kept. */
  readonly #room: number;
  #count = 0;
  #forgotten = 0;

  /** @param limit rows that are shown; Infinity for all that are kept */
  constructor(
    readonly schema: RecordSchema,
    readonly limit: number,
    readonly most = MOST_ROWS,
  ) {
    this.#key = new PrimaryKey(schema);
    this.#room = this.#key.exists ? most : Math.min(most, limit);
  }

  async write(batch: Batch): Promise<void> {
    const count = selectedCount(batch);
    const passed = this.#key.exists ? 0 : Math.max(0, count - this.#room);
    this.#count += passed;
    for (const row of rowsOf(passed === 0 ? batch : lastOf(batch, count - passed))) {
      this.#count++;
      this.#keep(this.#key.exists ? this.#key.of(row) : String(this.#count), row);
    }
  }

  /** The rows that changed last, in the order in which their keys came. */
  result(): ReportResult {
    const kept = [...this.#rows.values()].slice(-this.limit).sort((a, b) => a.place - b.place);
    const rows = kept.map(({ row }) => row);
    if (this.#key.exists) return { rows, total: this.#rows.size, forgotten: this.#forgotten };
    const forgotten = this.limit > this.most ? Math.max(0, this.#count - this.most) : 0;
    return { rows, total: this.#count - forgotten, forgotten };
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  counts(): SinkCounts {
    return { rows: this.#count };
  }

  #keep(key: string, row: Row): void {
    const known = this.#rows.get(key);
    if (known !== undefined) {
      if (this.#key.isStale(row, known.row)) return;
      this.#rows.delete(key);
    } else if (this.#rows.size >= this.#room) {
      this.#rows.delete(this.#oldest.next().value ?? '');
      this.#forgotten++;
    }
    this.#rows.set(key, { row, place: known?.place ?? this.#count });
  }
}

/** The last of a batch's rows. */
function lastOf(batch: Batch, count: number): Batch {
  const from = selectedCount(batch) - count;
  return {
    ...batch,
    selection: Int32Array.from({ length: count }, (_, at) => batch.selection?.[from + at] ?? from + at),
  };
}
