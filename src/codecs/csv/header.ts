import { UsageError } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import { parseTimeText } from '../../records/time/parse-time.js';
import { COMMA, type Dialect, TAB } from './dialect.js';
import { type FieldPlace, findField } from './field-place.js';
import { readCell } from './read-cell.js';
import type { Cell } from './split-record.js';

/** A column of a file: the field that it holds, or undefined where the schema has none of its name. */
export type FileColumn = FieldPlace | undefined;

/** The columns of a file without a header: the schema's fields, each nested one as JSON. */
export function schemaColumns(schema: RecordSchema): FieldPlace[] {
  return schema.fields.flatMap(({ name }) => findField(schema, [name]) ?? []);
}

/**
 * The columns that a file's first record names, or undefined where it is no header.
 *
 * It is one where all its cells are fields of the schema: names, dotted paths into nested records; upper and lower
 * case, spaces around and other characters than letters and digits make no difference. It is one as well where some
 * are, none that must be there is missing, and it can't be a record: columns that the schema does not know are let be.
 *
 * @throws UsageError where it must be a header but lacks a field or names one twice, and where it may as well be a
 *   record: a wrong guess would lose that record, or read every one in the wrong order
 */
export function readHeader(schema: RecordSchema, cells: readonly Cell[], source: string): FileColumn[] | undefined {
  const names = cells.map(({ bytes }) => bytes.toString('utf8').trim());
  const columns = names.map((name) => findColumn(schema, name));
  const known = columns.flatMap((column) => column ?? []);
  if (known.length === 0) return undefined;
  const shown = names.map((name) => (name === '' ? '""' : name)).join(', ');
  if (known.length < columns.length) {
    const allNames = names.every(mayBeName);
    if (fitsAsRecord(schema, cells)) {
      if (!allNames) return undefined;
      throw new UsageError(
        `the first line of ${source} may be a header or a record: ${shown}`,
        `Put a header above the records: ${schema.fields.map(({ name }) => name).join(',')}.`,
      );
    }
    if (!allNames && firstMissing(schema, known) !== undefined) return undefined;
  }
  const paths = known.map(({ path }) => path);
  const twice = paths.find((path, at) => paths.indexOf(path) < at || paths.some((one) => one.startsWith(`${path}.`)));
  if (twice !== undefined) {
    throw new UsageError(`two columns of ${source} stand for field ${twice}: ${shown}`, 'Rename one of them.');
  }
  const missing = firstMissing(schema, known);
  if (missing !== undefined) {
    throw new UsageError(
      `${source} has no column ${missing}, which ${schema.name} must have; its columns are ${shown}`,
      'Rename the column that holds it, name another schema (--schema), or give the field a default in its schema.',
    );
  }
  return columns;
}

/**
 * Refuses a file whose first line is a header of other separators: each of its lines would be refused as one cell.
 * @throws UsageError
 */
export function checkSeparator(schema: RecordSchema, dialect: Dialect, cells: readonly Cell[], source: string): void {
  const [only] = cells;
  if (only === undefined || cells.length > 1) return;
  const other = [',', ';', '\t', '|'].find((separator) => {
    const names = only.bytes.toString('utf8').split(separator);
    return names.length > 1 && names.every((name) => findColumn(schema, name.replace(/^"(.*)"$/, '$1')) !== undefined);
  });
  if (other === undefined) return;
  const name = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' }[other];
  const fits = dialect.separator === TAB ? other === ',' : other === '\t';
  throw new UsageError(
    `the columns of ${source} are separated by ${name}`,
    fits
      ? `Read it with --from-format ${dialect.separator === COMMA ? 'tsv' : 'csv'}.`
      : 'Write it with commas (csv) or tabs (tsv).',
  );
}

/** Whether there are two cells or more and all of them name fields. */
export function areFields(schema: RecordSchema, cells: readonly Cell[]): boolean {
  return (
    schema.fields.length > 1 &&
    cells.length > 1 &&
    cells.every(({ bytes }) => findColumn(schema, bytes.toString('utf8')) !== undefined)
  );
}

function findColumn(schema: RecordSchema, cell: string): FieldPlace | undefined {
  const name = cell.trim();
  return findField(schema, [name]) ?? findField(schema, name.split('.'), (one, wanted) => plain(one) === plain(wanted));
}

function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_');
}

/** Whether a cell may be the name of a column: no number and no time. */
function mayBeName(text: string): boolean {
  return text === '' || (Number.isNaN(Number(text)) && parseTimeText(text) === undefined);
}

function fitsAsRecord(schema: RecordSchema, cells: readonly Cell[]): boolean {
  const columns = schemaColumns(schema);
  return (
    cells.length === columns.length &&
    columns.every((column, at) => {
      const cell = cells[at];
      return cell !== undefined && readCell(column, cell).problem === undefined;
    })
  );
}

/** The path of a field that no column holds and that must be there. */
function firstMissing(schema: RecordSchema, known: readonly FieldPlace[]): string | undefined {
  return missingFields(schema, known).find(({ isRequired }) => isRequired)?.path;
}

export interface MissingField {
  readonly path: string;
  /** Neither nullable nor with a default. */
  readonly isRequired: boolean;
}

/** The fields that no column holds; of a nested record of which no column holds a part, the record. */
export function missingFields(schema: RecordSchema, known: readonly FieldPlace[]): MissingField[] {
  const paths = known.map(({ path }) => path);
  const visit = (fields: RecordSchema['fields'], prefix: string): MissingField[] =>
    fields.flatMap(({ name, type, nullable, fallback }) => {
      const path = prefix + name;
      if (paths.includes(path)) return [];
      const inner = type.kind === 'record' && paths.some((one) => one.startsWith(`${path}.`));
      if (inner) return visit(type.fields, `${path}.`);
      return [{ path, isRequired: !nullable && fallback === undefined }];
    });
  return visit(schema.fields, '');
}
