import type { Reject } from '../../records/batch.js';
import { fitRow } from '../../records/fit-row.js';
import { JsonError, parseJson } from '../../records/json-text.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Value } from '../../records/value.js';

/** A line that the kernel refused. Why is worked out when it is asked for: all are counted, the first few are shown. */
export class LineReject implements Reject {
  readonly unit = 'line';

  constructor(
    readonly schema: RecordSchema,
    readonly source: string,
    readonly ordinal: number,
    readonly raw: Uint8Array,
  ) {}

  get reason(): string {
    try {
      return problemOf(this.schema, parseJson(this.raw)) ?? NUMBER_OR_DEPTH;
    } catch (error) {
      if (error instanceof JsonError) return error.message + arrayHint(this.raw);
      throw error;
    }
  }
}

/** What only the kernel refuses: it reads numbers exactly, and nests less deeply than parseJson() does. */
const NUMBER_OR_DEPTH = 'a number is not whole where its field must be, or values nest deeper than 512 levels';

/** Of an array that is spread over lines, each line but the records' own is broken. */
function arrayHint(raw: Uint8Array): string {
  const text = new TextDecoder().decode(raw.subarray(0, 4096)).trim();
  const looksSpread = text === '[' || text === ']' || /^[[{].*,$/.test(text);
  return looksSpread ? "; of an array over several lines jq -c '.[]' makes records" : '';
}

function problemOf(schema: RecordSchema, record: Value): string | undefined {
  if (typeof record !== 'object' || record === null || Array.isArray(record) || record instanceof Uint8Array) {
    return 'not a JSON object';
  }
  return fitRow(schema, record).problem;
}
