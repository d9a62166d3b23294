import type { Sink, SinkCounts } from '../endpoints/endpoint.js';
import { type Batch, selectedCount } from '../records/batch.js';
import { jsonText } from '../records/json-text.js';
import { rowsOf } from '../records/rows.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';

/**
 * Collects rows for a report: of a derived type the last row of each primary key, in the order in which keys came;
 * of others every row, up to the limit.
 */
export class ReportSink implements Sink {
  readonly name = 'report';
  readonly #rows = new Map<string, Row>();
  readonly #primaryKey: readonly string[];
  #count = 0;

  /** @param limit rows of a type without a primary key that are kept; Infinity for all */
  constructor(
    readonly schema: RecordSchema,
    readonly limit: number,
  ) {
    this.#primaryKey = schema.derived?.primaryKey ?? [];
  }

  async write(batch: Batch): Promise<void> {
    const keyed = this.#primaryKey.length > 0;
    if (!keyed && this.#rows.size >= this.limit) {
      this.#count += selectedCount(batch);
      return;
    }
    for (const row of rowsOf(batch)) {
      this.#count++;
      if (keyed) this.#replace(row);
      else if (this.#rows.size < this.limit) this.#rows.set(String(this.#count), row);
    }
  }

  /** The rows to show, and how many there are in all. */
  result(): { readonly rows: readonly Row[]; readonly total: number } {
    const rows = [...this.#rows.values()];
    const total = this.#primaryKey.length > 0 ? rows.length : this.#count;
    return { rows: rows.slice(0, this.limit), total };
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  counts(): SinkCounts {
    return { rows: this.#count };
  }

  #replace(row: Row): void {
    const key = jsonText(this.#primaryKey.map((path) => row[path] ?? null));
    const known = this.#rows.get(key);
    const freshness = this.schema.derived?.freshness ?? '';
    if (known === undefined || !isBefore(row[freshness], known[freshness])) this.#rows.set(key, row);
  }
}

function isBefore(a: Value | undefined, b: Value | undefined): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  if ((typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint'))
    return a < b;
  return false;
}
