import type { SqlValue } from '../sql-value.js';

/**
 * SQL for a value as an element of a JSON array, such that nothing is lost: a text and a small integer as they are,
 * a great integer as ["i", digits], a double as ["r", digits], bytes as ["b", hexadecimal].
 * 19 digits are more than the double has, so that the nearest double to them is the one that is stored, although
 * SQLite computes them in a format that is only a little wider.
 */
export function cellSql(expression: string): string {
  const x = expression;
  return (
    `CASE typeof(${x}) WHEN 'text' THEN ${x} ` +
    `WHEN 'integer' THEN CASE WHEN ${x} BETWEEN -9007199254740991 AND 9007199254740991 THEN ${x} ` +
    `ELSE json_array('i', CAST(${x} AS TEXT)) END ` +
    `WHEN 'real' THEN json_array('r', printf('%!.19g', ${x})) ` +
    `WHEN 'blob' THEN json_array('b', hex(${x})) END`
  );
}

type Cell = null | number | string | [tag: string, digits: string];

/**
 * Reads a JSON array of such elements, in the encoding of the database that wrote it. Bytes of a text that are no
 * UTF-8 become U+FFFD.
 */
export function readCells(json: Uint8Array): SqlValue[] {
  const cells: Cell[] = JSON.parse(decode(Buffer.from(json.buffer, json.byteOffset, json.byteLength)));
  return cells.map((cell) => (Array.isArray(cell) ? readTagged(cell[0], cell[1]) : cell));
}

/** The first character is a bracket, so that a NUL beside it tells UTF-16. */
function decode(json: Buffer): string {
  if (json[1] === 0) return json.toString('utf16le');
  return json[0] === 0 ? json.swap16().toString('utf16le') : json.toString('utf8');
}

function readTagged(tag: string, digits: string): SqlValue {
  if (tag === 'i') return BigInt(digits);
  if (tag === 'b') return Buffer.from(digits, 'hex');
  if (digits === 'Inf') return Number.POSITIVE_INFINITY;
  return digits === '-Inf' ? Number.NEGATIVE_INFINITY : Number(digits);
}

/**
 * A double as JSON text that SQLite reads as the same double. The shortest digits that JavaScript writes are not
 * enough: where SQLite computes with 64 bits, one of 5,000 would come out as a neighbour. −0 is written as 0, since
 * SQLite keeps no −0 in a table; NaN, which it would make NULL, as a text, which stands after all numbers in its order.
 */
export function doubleJson(value: number): string {
  if (Number.isSafeInteger(value)) return `${value}`;
  if (Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  // The last digits beyond the greatest double would make it infinite.
  return Math.abs(value) === Number.MAX_VALUE ? `${value}` : value.toPrecision(19);
}
