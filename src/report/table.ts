import { jsonText } from '../records/json-text.js';
import { printable } from '../records/printable.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';
import { type Drawing, drawTable } from './drawn-table.js';

export interface TableOptions extends Drawing {
  readonly title: string;
  /** Rows in all, of which `rows` are the first, */
  readonly total: number;
  /** or the last, where so many before them made room. */
  readonly forgotten?: number | undefined;
}

const NUMBERS = new Set(['int', 'long', 'float', 'double']);
const WIDEST_CELL = 60;

/** Rows as a table with lines: numbers to the right, as people read them. */
export function renderTable(schema: RecordSchema, rows: readonly Row[], options: TableOptions): string {
  const { title, total, forgotten } = options;
  const columns = schema.fields.map(({ name, type }) => ({ name, isNumber: NUMBERS.has(type.kind) }));
  const table = drawTable(
    columns,
    rows.map((row) => columns.map(({ name }) => cellText(row[name] ?? null))),
    options,
  );
  const more = total - rows.length;
  const where = forgotten === undefined ? 'more' : 'before';
  const foot = more > 0 ? `… and ${more.toLocaleString('en-US')} ${where} (--limit 0 shows all)\n` : '';
  const gone = forgotten ? `, ${forgotten.toLocaleString('en-US')} forgotten` : '';
  const count = `${total.toLocaleString('en-US')} ${total === 1 ? 'row' : 'rows'}${gone}`;
  return `${title}  ${count}\n${table}\n${foot}`;
}

/** Rows as a Markdown table (GitHub Flavored Markdown 0.29, "Tables"). */
export function renderMarkdown(schema: RecordSchema, rows: readonly Row[]): string {
  const names = schema.fields.map(({ name }) => name);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = schema.fields.map(({ type }) => (NUMBERS.has(type.kind) ? '---:' : '---'));
  const body = rows.map((row) => line(names.map((name) => escapeCell(plainText(row[name] ?? null)))));
  return line(names) + line(rule) + body.join('');
}

/** Rows as one JSON array, a row a line. */
export function renderJson(rows: readonly Row[]): string {
  return rows.length === 0 ? '[]\n' : `[\n${rows.map((row) => `  ${jsonText(row)}`).join(',\n')}\n]\n`;
}

function plainText(value: Value): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : jsonText(value);
}

/** Text that can't move a terminal's cursor or colour it. */
function cellText(value: Value): string {
  const text = printable(plainText(value));
  return text.length > WIDEST_CELL ? `${text.slice(0, WIDEST_CELL - 1)}…` : text;
}

function escapeCell(text: string): string {
  return text
    .split(/\r?\n/)
    .map(printable)
    .join('\n')
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replace(/\r?\n/g, '<br>');
}
