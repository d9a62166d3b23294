import { jsonText } from '../records/json-text.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';

/** What tells the rows of a derived type apart, and which of two is the newer. */
export class PrimaryKey {
  readonly #paths: readonly string[];
  readonly #freshness: string;

  constructor({ derived }: RecordSchema) {
    this.#paths = derived?.primaryKey ?? [];
    this.#freshness = derived?.freshness ?? '';
  }

  /** Whether the type has one. */
  get exists(): boolean {
    return this.#paths.length > 0;
  }

  of(row: Row): string {
    return jsonText(this.#paths.map((path) => row[path] ?? null));
  }

  /** Whether a row is older than the one that is known of its key. */
  isStale(row: Row, known: Row): boolean {
    return isBefore(row[this.#freshness], known[this.#freshness]);
  }
}

function isBefore(a: Value | undefined, b: Value | undefined): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  if ((typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint'))
    return a < b;
  return false;
}
