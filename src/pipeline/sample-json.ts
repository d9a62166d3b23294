import { UsageError } from '../records/errors.js';
import { isRow } from '../records/fit-value.js';
import { JsonError, parseJson } from '../records/json-text.js';
import type { Row, Value } from '../records/value.js';

const LINE_FEED = 10;
const BRACE = 0x7d;
const CLOSED = Buffer.from(']');
/** An array's last item that is whole is looked for behind this many braces, from the end. */
const TRIES = 100;

/**
 * The records of the first bytes of JSON lines, at most `most`. A line is an object or an array of them.
 * @throws UsageError where all of it is one array over several lines, which nothing reads
 */
export function jsonRows(source: string, head: Uint8Array, most: number): Row[] {
  const lines = [...wholeLines(head)];
  // Without any line feed the head is one line, or the front of one.
  const values = lines.length === 0 ? [frontOf(head)] : lines.slice(0, most).map(parsed);
  const rows = values.flatMap((value) => (Array.isArray(value) ? value : [value])).filter(isRow);
  const [first = head] = lines;
  if (/^\s*\[/.test(Buffer.from(first).toString('utf8')) && values[0] === null) {
    throw new UsageError(
      `${source} is one JSON array over several lines, where a line is a record`,
      `Make records of it: jq -c '.[]'.`,
    );
  }
  return rows.slice(0, most);
}

function* wholeLines(head: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let end = head.indexOf(LINE_FEED); end >= 0; end = head.indexOf(LINE_FEED, from)) {
    if (end > from) yield head.subarray(from, end);
    from = end + 1;
  }
}

/** A line's value; null where it is broken: that says nothing of the others' type. */
function parsed(line: Uint8Array): Value {
  try {
    return parseJson(line);
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

/** The value of a line that may be cut: of an array the items that are whole. */
function frontOf(line: Uint8Array): Value {
  let value = parsed(line);
  let end = line.length;
  for (let tries = 0; value === null && tries < TRIES && end > 0; tries++) {
    end = line.lastIndexOf(BRACE, end - 1);
    if (end > 0) value = parsed(Buffer.concat([line.subarray(0, end + 1), CLOSED]));
  }
  return value;
}
