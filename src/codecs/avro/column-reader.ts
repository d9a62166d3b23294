import type { Column } from '../../records/columns.js';
import { bug, UsageError } from '../../records/errors.js';
import { batchFromRows } from '../../records/row-batch.js';
import { type FieldType, fieldAt, isScalar, type RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import type { Row, Value } from '../../records/value.js';
import {
  BooleanFiller,
  ConstantFiller,
  DictionaryFiller,
  type Filler,
  NumberFiller,
  TimeFiller,
} from '../column-fillers.js';
import { SliceFiller } from '../slice-fillers.js';
import { checkValue } from './check-value.js';
import { Cursor } from './cursor.js';
import { valueReader } from './read-value.js';
import type { Plan, RecordPlan } from './resolve.js';
import {
  type Fill,
  fillBoolean,
  fillBranches,
  fillBytes,
  fillNumber,
  fillSlice,
  fillText,
  fillTime,
} from './scalar-fills.js';

export interface ColumnOptions {
  readonly schema: RecordSchema;
  /** What to make columns of. */
  readonly paths: readonly string[];
  readonly zone: Zone;
  /** How many rows a batch has at most. */
  readonly rows: number;
  /** Whether the dictionaries of one batch serve the next: for streams, in which the same texts come again. */
  readonly keepsDictionaries: boolean;
}

/**
 * Reads records of any plan into columns: the general path. The bytes of a record are followed to its end also where
 * it does not fit; the cursor then has its problem, and the row may be written again.
 */
export class ColumnReader {
  readonly #options: ColumnOptions;
  readonly #fillers = new Map<string, Filler>();
  readonly #fill: Fill;

  constructor(plan: RecordPlan, options: ColumnOptions) {
    this.#options = options;
    this.#fill = this.#record(plan, '');
  }

  /** To be called before the first record of a batch. */
  begin(): void {
    for (const filler of this.#fillers.values()) filler.begin();
  }

  /**
   * Reads the record at the cursor into a row.
   * @throws Malformed where its bytes can't be followed
   */
  read(cursor: Cursor, row: number): void {
    cursor.problem = undefined;
    this.#fill(cursor, row);
  }

  /** The columns of the first `length` rows, borrowed until the next begin(); slices lie in `buffer`. */
  columns(length: number, buffer: Uint8Array): Map<string, Column> {
    return new Map(
      this.#options.paths.map((path) => {
        const filler = this.#fillers.get(path) ?? bug(`nothing fills ${path}`);
        if (filler instanceof SliceFiller) filler.buffer = buffer;
        return [path, filler.column(length)];
      }),
    );
  }

  #record(plan: RecordPlan, prefix: string): Fill {
    const fills = plan.fields.map(({ name, plan }): Fill => {
      return name === undefined ? checkValue(plan, `${prefix}(unread)`) : this.#field(plan, prefix + name);
    });
    for (const { field, value } of plan.defaults) fills.push(...this.#missing(prefix + field.name, value));
    return (cursor, row) => {
      for (const fill of fills) fill(cursor, row);
    };
  }

  /** Columns in a field that the writer lacks. */
  #missing(path: string, value: Value): Fill[] {
    const { schema, paths, zone, rows } = this.#options;
    const within = paths.filter((one) => one === path || one.startsWith(`${path}.`));
    const row = path.split('.').reduceRight((inner: Value, name): Value => ({ [name]: inner }), value) as Row;
    const { columns } = batchFromRows(schema, new Array<Row>(within.length === 0 ? 0 : rows).fill(row), {
      zone,
      paths: within,
    });
    return [...columns].map(([path, column]) => {
      const filler = this.#add(path, new ConstantFiller(rows, column));
      return (_cursor, row) => filler.set(row);
    });
  }

  #field(plan: Plan, path: string): Fill {
    const { schema, paths, zone, rows } = this.#options;
    const { type } = fieldAt(schema, path) ?? bug(`no field ${path}`);
    if (schema.time?.path === path)
      return fillTime(plan, schema.time.unit, this.#add(path, new TimeFiller(rows, zone)), path);
    const isWanted = paths.includes(path);
    if (isWanted && isScalar(type)) return this.#scalar(plan, type, path);
    const isEntered = [...paths, schema.time?.path].some((one) => one?.startsWith(`${path}.`));
    const inner = isEntered ? this.#nested(plan, path) : checkValue(plan, path);
    if (!isWanted) return inner;
    const read = valueReader(plan);
    const own = new Cursor();
    const decode = (bytes: Uint8Array): Value => read(own.set(bytes, 0, bytes.length));
    return fillSlice(plan, inner, this.#add(path, new SliceFiller(rows, decode)));
  }

  #scalar(plan: Plan, type: FieldType, path: string): Fill {
    const { rows, keepsDictionaries } = this.#options;
    switch (type.kind) {
      case 'string':
      case 'enum':
        return fillText(plan, this.#add(path, new DictionaryFiller(rows, keepsDictionaries)), path);
      case 'boolean':
        return fillBoolean(plan, this.#add(path, new BooleanFiller(rows)), path);
      case 'bytes':
      case 'fixed':
        return fillBytes(plan, this.#add(path, new SliceFiller(rows)), path);
      default:
        return fillNumber(plan, this.#add(path, new NumberFiller(rows)), path);
    }
  }

  /** A record with columns in it, or null, which makes them null. */
  #nested(plan: Plan, path: string): Fill {
    const before = new Set(this.#fillers.keys());
    const inside: Filler[] = [];
    const setNull = (row: number): void => {
      for (const filler of inside) filler.setNull(row);
    };
    const fill = fillBranches(plan, { setNull }, path, (leaf) => {
      return leaf.kind === 'record' ? this.#record(leaf, `${path}.`) : checkValue(leaf, path);
    });
    for (const [one, filler] of this.#fillers) if (!before.has(one)) inside.push(filler);
    return fill;
  }

  #add<T extends Filler>(path: string, filler: T): T {
    if (this.#fillers.has(path)) {
      throw new UsageError(
        `field ${path} stands in several records of a union, which can't be one column`,
        'Read the data without that field, or write it with one record type there.',
      );
    }
    this.#fillers.set(path, filler);
    return filler;
  }
}
