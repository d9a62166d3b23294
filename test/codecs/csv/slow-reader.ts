import { isUtf8 } from 'node:buffer';
import type { Field, RecordSchema } from '../../../src/records/schema.js';
import { parseTimeText } from '../../../src/records/time/parse-time.js';
import type { Row, Value } from '../../../src/records/value.js';

/** What the slow reader makes of a file. */
export interface Read {
  rows: Row[];
  ordinals: number[];
  /** The first line of each refused record, with its bytes. */
  refused: { at: string; raw: string }[];
}

interface Cell {
  text: string;
  quoted: boolean;
  hasBareNul: boolean;
}

const MISFIT = Symbol('misfit');

/**
 * Reads CSV or TSV a character (of latin1: a byte) at a time, as the manual says it. `columns` are the fields of the
 * cells, undefined for a column to be let be.
 */
export function readSlowly(
  format: 'csv' | 'tsv',
  schema: RecordSchema,
  columns: readonly (Field | undefined)[],
  bytes: Uint8Array,
  firstLine = 1,
): Read {
  const read: Read = { rows: [], ordinals: [], refused: [] };
  let rest = Buffer.from(bytes).toString('latin1');
  let line = firstLine;
  while (rest.length > 0) {
    const record = format === 'csv' ? firstCsvRecord(rest) : firstTsvRecord(rest);
    const raw = record.raw.replace(/\n$/, '');
    const isEmpty = raw === '' || (raw === '\r' && record.raw.endsWith('\n')) || raw === '\r';
    if (!isEmpty) {
      const row = record.cells && rowOf(schema, columns, record.cells);
      if (row === undefined) {
        read.refused.push({ at: `line ${line}`, raw });
      } else {
        read.rows.push(row);
        read.ordinals.push(line);
      }
    }
    line += record.raw.split('\n').length - 1;
    rest = rest.slice(record.raw.length);
  }
  return read;
}

/** The record at the front; without cells where its quotes are wrong, and then only its first line. */
export function firstCsvRecord(text: string): { raw: string; cells?: Cell[] } {
  const cells: Cell[] = [];
  let at = 0;
  const wrong = { raw: text.slice(0, `${text}\n`.indexOf('\n') + 1) };
  for (;;) {
    let cell = '';
    const quoted = text[at] === '"';
    if (quoted) {
      at++;
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (at >= text.length) return wrong;
        if (text[at] === '"') at++;
        cell += text[at++];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== ',' && !/^\r?(\n|$)/.test(text.slice(at, at + 2))) cell += text[at++];
    }
    cells.push({ text: cell, quoted, hasBareNul: !quoted && cell.includes('\0') });
    if (text[at] === ',') {
      at++;
      continue;
    }
    if (at < text.length && text[at] === '\r') at++;
    if (at < text.length && text[at] !== '\n') return wrong;
    return { raw: text.slice(0, at + 1), cells };
  }
}

const ESCAPES: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\', 0: '\0' };

function firstTsvRecord(text: string): { raw: string; cells: Cell[] } {
  const raw = text.slice(0, `${text}\n`.indexOf('\n') + 1);
  const cells = raw
    .replace(/\r?\n?$/, '')
    .split('\t')
    .map((cell) => ({
      text: cell.replace(/\\([tnr0\\])/g, (_, mark) => ESCAPES[mark]),
      quoted: false,
      hasBareNul: cell.includes('\0'),
    }));
  return { raw, cells };
}

function rowOf(schema: RecordSchema, columns: readonly (Field | undefined)[], cells: readonly Cell[]): Row | undefined {
  if (cells.length !== columns.length) return undefined;
  const row: Row = {};
  for (const [at, { text, quoted, hasBareNul }] of cells.entries()) {
    const bytes = Buffer.from(text, 'latin1');
    if (!isUtf8(bytes) || hasBareNul) return undefined;
    const field = columns[at];
    if (field === undefined) continue;
    const value = cellValue(field, bytes.toString('utf8'), quoted, schema.time?.path === field.name);
    if (value === MISFIT) return undefined;
    row[field.name] = value;
  }
  for (const { name, fallback = null } of schema.fields)
    row[name] ??= columns.some((one) => one?.name === name) ? row[name] : fallback;
  return Object.fromEntries(schema.fields.map(({ name }) => [name, row[name]]));
}

function cellValue(field: Field, cell: string, quoted: boolean, isTime: boolean): Value | typeof MISFIT {
  const { type, nullable, fallback } = field;
  const isText = type.kind === 'string' && !isTime;
  const text = isText ? cell : cell.replace(/^ */, '').replace(/ *$/, '');
  if (text === '' && !(isText && quoted)) {
    if (nullable) return null;
    if (fallback !== undefined) return fallback;
    return isText ? '' : MISFIT;
  }
  switch (type.kind) {
    case 'string':
      return !isTime || parseTimeText(text) !== undefined ? text : MISFIT;
    case 'boolean':
      return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : MISFIT;
    case 'enum':
      return type.symbols.includes(text) ? text : MISFIT;
    case 'int':
    case 'long': {
      if (!/^[-+]?\d+$/.test(text)) {
        // A fraction or a power that leaves an integer: 1.0, 12e2.
        if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) || !Number.isInteger(Number(text))) return MISFIT;
        return limited(type.kind, BigInt(Number(text)));
      }
      return limited(type.kind, BigInt(text.replace('+', '')));
    }
    case 'double': {
      if (/^[-+]?nan$/i.test(text)) return Number.NaN;
      if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
      if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return MISFIT;
      return Number.isFinite(Number(text)) ? Number(text) : MISFIT;
    }
    default:
      throw new Error(`the slow reader knows no ${type.kind}`);
  }
}

function limited(kind: 'int' | 'long', value: bigint): Value | typeof MISFIT {
  const bits = kind === 'int' ? 31n : 63n;
  if (value >= 2n ** bits || value < -(2n ** bits)) return MISFIT;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
