import { fitRow } from '../../../src/records/fit-row.js';
import { JsonError, parseJson } from '../../../src/records/json-text.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import type { Row } from '../../../src/records/value.js';

export interface Read {
  readonly rows: Row[];
  /** The numbers of refused lines. */
  readonly refused: number[];
}

/** Reads JSON lines the slow, obvious way: what the kernel has to agree with. */
export function readSlowly(schema: RecordSchema, bytes: Uint8Array): Read {
  const rows: Row[] = [];
  const refused: number[] = [];
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  let line = 0;
  for (let from = 0; from < marked.length; ) {
    line++;
    const end = marked.indexOf(10, from);
    const raw = marked.subarray(from, end < 0 ? marked.length : end);
    from = end < 0 ? marked.length : end + 1;
    if (/^[ \t\r]*$/.test(Buffer.from(raw).toString('latin1'))) continue;
    const records = recordsOf(schema, raw);
    if (records === undefined) refused.push(line);
    else for (const row of records) row === undefined ? refused.push(line) : rows.push(row);
  }
  return { rows, refused };
}

/** The records of a line, undefined for one that does not fit; undefined for a line that is no JSON. */
function recordsOf(schema: RecordSchema, raw: Uint8Array): (Row | undefined)[] | undefined {
  try {
    const value = parseJson(raw);
    return (Array.isArray(value) ? value : [value]).map((record) => {
      const isRecord =
        typeof record === 'object' && record !== null && !Array.isArray(record) && !(record instanceof Uint8Array);
      const fit = isRecord ? fitRow(schema, record) : undefined;
      return fit === undefined || fit.problem !== undefined ? undefined : (fit.value as Row);
    });
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
