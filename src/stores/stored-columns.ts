import { columnOf } from '../records/batch.js';
import type { Column } from '../records/columns.js';
import { TextDictionary } from '../records/dictionary.js';
import { fitRow } from '../records/fit-row.js';
import { batchFromRows } from '../records/row-batch.js';
import type { Field, RecordSchema } from '../records/schema.js';
import type { TimeUnit } from '../records/time/form.js';
import type { Zone } from '../records/time/zone.js';
import { timeColumn, writtenTime, writtenTimeProblem } from '../records/time-column.js';
import type { Row, Value } from '../records/value.js';
import type { SqlValue } from './sql-value.js';
import { storedValue } from './stored-value.js';

/** A dictionary is kept from page to page until it has so many texts. */
const MOST_TEXTS = 65_536;

/** Turns stored values into columns, a page at a time. */
export class StoredColumns {
  readonly #dictionaries = new Map<string, TextDictionary>();

  constructor(
    readonly schema: RecordSchema,
    readonly zone: Zone,
  ) {}

  /**
   * @param problems by row: gets a sentence where the first of its values does not fit; what the columns have there means nothing
   */
  column(field: Field, values: readonly SqlValue[], problems: Map<number, string>): Column {
    const { time } = this.schema;
    if (time?.path === field.name) return this.#times(field, values, time.unit, problems);
    switch (field.type.kind) {
      case 'string':
        return this.#texts(field, values, problems);
      case 'long':
      case 'double':
        return numbers(field, values, problems);
      default:
        return this.#others(field, values, problems);
    }
  }

  /** A column of a field's default, for a table that does not have it. */
  defaults(field: Field, length: number): Column {
    const schema = { ...this.schema, fields: [field] };
    return columnOf(batchFromRows(schema, Array<Row>(length).fill({}), { zone: this.zone }), field.name);
  }

  #texts(field: Field, values: readonly SqlValue[], problems: Map<number, string>): Column {
    let dictionary = this.#dictionaries.get(field.name);
    if (dictionary === undefined || dictionary.size > MOST_TEXTS) {
      dictionary = new TextDictionary();
      this.#dictionaries.set(field.name, dictionary);
    }
    const ids = new Int32Array(values.length);
    const nulls = new Nulls(values.length);
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      if (typeof value === 'string') ids[row] = dictionary.intern(value);
      else if (fitted(field, value, row, problems) === null) nulls.add(row);
    }
    return { kind: 'dictionary', ids, dictionary, ...nulls.found() };
  }

  #times(field: Field, values: readonly SqlValue[], unit: TimeUnit, problems: Map<number, string>): Column {
    const times = values.map((stored, row) => {
      const value = fitted(field, stored, row, problems);
      if (value === null || writtenTime(value, unit) !== undefined) return value;
      return refused(row, writtenTimeProblem(field.name, value, unit), problems);
    });
    return timeColumn(field.name, times, unit, this.zone);
  }

  #others(field: Field, values: readonly SqlValue[], problems: Map<number, string>): Column {
    // Rows with problems hold null here, whether or not the field may be null.
    const schema = { ...this.schema, fields: [{ ...field, nullable: true }] };
    const rows = values.map((stored, row): Row => {
      const value = fitted(field, stored, row, problems);
      // The event time may be inside of this field.
      const fit = fitRow(schema, { [field.name]: value });
      return { [field.name]: fit.problem === undefined ? value : refused(row, fit.problem, problems) };
    });
    return columnOf(batchFromRows(schema, rows, { zone: this.zone }), field.name);
  }
}

function numbers(field: Field, values: readonly SqlValue[], problems: Map<number, string>): Column {
  const doubles = new Float64Array(values.length);
  const nulls = new Nulls(values.length);
  let longs: BigInt64Array | undefined;
  for (let row = 0; row < values.length; row++) {
    const stored = values[row];
    const isPlain = typeof stored === 'number' && (field.type.kind === 'double' || Number.isSafeInteger(stored));
    const value = isPlain ? stored : fitted(field, stored, row, problems);
    if (typeof value === 'bigint') {
      longs ??= BigInt64Array.from(doubles, (double) => BigInt(double));
      longs[row] = value;
    } else if (typeof value === 'number') {
      doubles[row] = value;
      if (longs !== undefined) longs[row] = BigInt(value);
    } else nulls.add(row);
  }
  return longs === undefined
    ? { kind: 'float64', values: doubles, ...nulls.found() }
    : { kind: 'int64', values: longs, ...nulls.found() };
}

/** A value as its field has it, or null and a problem. */
function fitted(field: Field, stored: SqlValue, row: number, problems: Map<number, string>): Value {
  const fit = storedValue(field, stored);
  if (fit.problem === undefined) return fit.value;
  return refused(row, fit.problem, problems);
}

/** The first problem of a row is the one that is told. */
function refused(row: number, problem: string, problems: Map<number, string>): null {
  if (!problems.has(row)) problems.set(row, problem);
  return null;
}

/** The rows of a column that are null. */
class Nulls {
  #nulls: Uint8Array | undefined;

  constructor(readonly length: number) {}

  add(row: number): void {
    this.#nulls ??= new Uint8Array(this.length);
    this.#nulls[row] = 1;
  }

  found(): { readonly nulls?: Uint8Array } {
    return this.#nulls === undefined ? {} : { nulls: this.#nulls };
  }
}
