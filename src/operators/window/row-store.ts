import { type Batch, columnOf } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import { type Field, fieldAt, isScalar, leafPaths, type RecordSchema } from '../../records/schema.js';
import { type ColumnIds, NULL_ID } from '../keys/column-ids.js';
import { EncodedIds } from '../keys/encoded-ids.js';
import { fieldIds } from '../keys/field-ids.js';

/** So many values of a field may be kept before those that no row has are looked for. */
const FEW = 4096;

interface StoredField {
  readonly path: string;
  readonly nullBranch: 0 | 1;
  readonly values: ColumnIds;
  /** By entry: the number of its value. */
  ids: Int32Array;
  /** By place in the batch that was read last. */
  read: Int32Array;
  enough: number;
}

/**
 * Whole rows of a type, by entry: each value once, and an int32 a row and field that says which. So rows are kept
 * without an object each, and can be compared and be given back as columns.
 */
export class RowStore {
  /** All fields, nested ones by their leaves. */
  readonly paths: readonly string[];
  readonly #fields: readonly StoredField[];

  /** @param first the field that rows are compared by before the others, which follow in the schema's order */
  constructor(schema: RecordSchema, first: string) {
    this.paths = leafPaths(schema.fields);
    const order = [first, ...this.paths.filter((path) => path !== first)];
    this.#fields = order.map((path) => {
      const field = fieldAt(schema, path) ?? bug(`schema ${schema.name} has no field ${path}`);
      const values = valuesOf(schema, path, field);
      return { path, nullBranch: field.nullBranch, values, ids: new Int32Array(16), read: EMPTY, enough: FEW };
    });
  }

  /** Reads the rows that put() and compare() then take by their place among the selected ones. */
  read(batch: Batch, selection: Int32Array | undefined, count: number): void {
    for (const field of this.#fields) {
      if (field.read.length < count) field.read = new Int32Array(count);
      field.values.assign(columnOf(batch, field.path), selection, count, field.read);
    }
  }

  /** Keeps a row that was read as an entry. */
  put(entry: number, place: number): void {
    for (const field of this.#fields) {
      if (entry >= field.ids.length) {
        const larger = new Int32Array(Math.max(entry + 1, field.ids.length * 2));
        larger.set(field.ids);
        field.ids = larger;
      }
      field.ids[entry] = field.read[place];
    }
  }

  /** The order of a row that was read and an entry, field by field: negative, 0 or positive. */
  compare(place: number, entry: number): number {
    for (const { values, ids, read, nullBranch } of this.#fields) {
      const [a, b] = [read[place], ids[entry]];
      if (a === b) continue;
      if (a === NULL_ID || b === NULL_ID) return (a === NULL_ID) === (nullBranch === 0) ? -1 : 1;
      const order = values.compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** Whether a row that was read differs from an entry in one of some fields. */
  differ(place: number, entry: number, paths: readonly string[]): boolean {
    return this.#fields.some(({ path, ids, read }) => read[place] !== ids[entry] && paths.includes(path));
  }

  /** So many rows without a value. */
  nulls(schema: RecordSchema, count: number): Batch {
    const ids = new Int32Array(count).fill(NULL_ID);
    const columns = this.#fields.map(({ path, values }) => [path, values.column(ids)] as const);
    return { schema, length: count, columns: new Map(columns) };
  }

  /** Some fields of some entries, as a batch. */
  batch(schema: RecordSchema, paths: readonly string[], entries: Int32Array): Batch {
    const fields = this.#fields.filter(({ path }) => paths.includes(path));
    const columns = fields.map(({ path, values, ids }) => [path, values.column(entries.map((at) => ids[at]))] as const);
    return { schema, length: entries.length, columns: new Map(columns) };
  }

  /** Forgets values that no entry has, where there are many. */
  tidy(entries: () => Iterable<number>): void {
    for (const field of this.#fields) {
      if (field.values.size < field.enough) continue;
      const { ids } = field;
      const inUse = new Uint8Array(field.values.size);
      for (const entry of entries()) inUse[ids[entry]] = 1;
      const renumbered = field.values.retain(inUse);
      for (const entry of entries()) if (ids[entry] !== NULL_ID) ids[entry] = renumbered[ids[entry]];
      field.enough = Math.max(FEW, field.values.size * 2);
    }
  }
}

const EMPTY = new Int32Array(0);

function valuesOf(schema: RecordSchema, path: string, field: Field): ColumnIds {
  return isScalar(field.type) ? fieldIds(schema, path, field) : new EncodedIds(path, field);
}
