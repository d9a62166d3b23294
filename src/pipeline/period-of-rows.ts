import { fieldAt, type RecordSchema } from '../records/schema.js';
import { PERIOD_FIELDS, PERIODS, type Period, periodOfLabel } from '../records/time/calendar.js';
import type { Row } from '../records/value.js';
import { hasLine, hasLines, isInk, LINE_FEED, withoutMark } from './formats.js';
import type { OpenInput } from './open-inputs.js';
import { recordOf } from './record-of-value.js';
import { sampleRows } from './sample-rows.js';

/** A header, and a row. */
const LINES_OF_CSV = 2;

/**
 * The period of an input's rows where its first record is a rollup's: it names the schema that it was written with, or
 * has the label of a period in a field that `schema` does not have. Waits for that record, except of topics.
 */
export async function periodOfRows(input: OpenInput, schema: RecordSchema): Promise<Period | undefined> {
  const value = await input.firstRecord?.();
  const writer = value && (await input.writerOf?.(value, schema));
  if (writer?.derived?.period !== undefined) return writer.derived.period;
  const row = input.firstRecord === undefined ? await firstRow(input) : value && (await recordOf(value));
  return row && periodOfRow(row, schema);
}

function periodOfRow(row: Row, schema: RecordSchema): Period | undefined {
  return PERIODS.find((period) => {
    const name = PERIOD_FIELDS[period];
    const label = row[name];
    return !fieldAt(schema, name) && typeof label === 'string' && periodOfLabel(label) === period;
  });
}

/** The first line that is not blank, or what there is of it. */
function firstLine(bytes: Uint8Array): Uint8Array {
  const text = bytes.subarray(Math.max(0, bytes.findIndex(isInk)));
  const end = text.indexOf(LINE_FEED);
  return end < 0 ? text : text.subarray(0, end);
}

/** The first record of a stream or a file; undefined where it is broken: whoever reads it next tells. */
async function firstRow(input: OpenInput): Promise<Row | undefined> {
  switch (input.format) {
    case 'ndjson': {
      const head = await input.sample?.((bytes) => hasLine(withoutMark(bytes)));
      return head && recordOf(firstLine(withoutMark(head)));
    }
    case 'msgpack': {
      const { sizeOfItem } = await import('../codecs/msgpack/read-item.js');
      const head = await input.sample?.((bytes) => sizeOfItem(bytes) !== undefined);
      return head && recordOf(head.subarray(0, sizeOfItem(head)));
    }
    case 'csv':
    case 'tsv': {
      const head = await input.sample?.((bytes) => hasLines(bytes, LINES_OF_CSV));
      const [row] = head === undefined || head.length === 0 ? [] : await sampleRows(input, head);
      return row;
    }
    default:
      return undefined;
  }
}
