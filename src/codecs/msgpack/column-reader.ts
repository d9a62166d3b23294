import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { fallbackOf, fitField, fitValue, isRow } from '../../records/fit-value.js';
import { type Field, fieldAt, isScalar, type RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import { writtenTime, writtenTimeProblem } from '../../records/time-column.js';
import type { Value } from '../../records/value.js';
import { ByteWriter } from '../byte-writer.js';
import { BooleanFiller, DictionaryFiller, type Filler, NumberFiller, TimeFiller } from '../column-fillers.js';
import { KeptSliceFiller } from '../slice-fillers.js';
import { MsgpackCursor } from './cursor.js';
import { fillScalar, type Take, takeTimeText } from './fill-scalar.js';
import { readValue } from './read-value.js';
import { timestampValue } from './timestamp.js';
import { writeValue } from './write-value.js';

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

/** How one field of the schema is read. */
interface FieldReader {
  readonly field: Field;
  /** Its name as the map has it. */
  readonly name: Uint8Array;
  /** Reads the usual case without making a value of it; false (and the cursor not moved) for any other. */
  readonly take?: Take;
  /** Puts a value that fits into the columns of the field and of what is in it; absent where nothing reads it. */
  readonly put?: (row: number, value: Value, cursor: MsgpackCursor, start: number) => void;
}

/** Reads records, each a map, into columns. Names that the schema lacks are skipped; of equal names the last counts. */
export class MsgpackColumnReader {
  readonly #options: ColumnOptions;
  readonly #fillers = new Map<string, Filler>();
  readonly #fields: readonly FieldReader[];
  readonly #byName = new Map<string, number>();
  /** The number of the record in which each field was seen last. */
  readonly #seen: Int32Array;
  #record = 0;

  constructor(options: ColumnOptions) {
    this.#options = options;
    this.#fields = options.schema.fields.map((field) => this.#reader(field));
    for (const [index, { field }] of this.#fields.entries()) this.#byName.set(field.name, index);
    this.#seen = new Int32Array(this.#fields.length);
  }

  begin(): void {
    for (const filler of this.#fillers.values()) filler.begin();
  }

  /** Reads the record at the cursor into a row, or notes the cursor's problem; the row may then be written again. */
  read(cursor: MsgpackCursor, row: number): void {
    const entries = cursor.mapLength();
    if (entries < 0) {
      cursor.refuse('the record is not a map');
      return;
    }
    this.#record = (this.#record + 1) | 0;
    for (let at = 0; at < entries && cursor.problem === undefined; at++) {
      const index = this.#nameAt(cursor, at);
      if (index < 0) cursor.skip();
      else this.#readField(cursor, row, index);
    }
    if (cursor.problem === undefined) this.#fillMissing(cursor, row);
  }

  columns(length: number): Map<string, Column> {
    return new Map(
      this.#options.paths.map((path) => [
        path,
        (this.#fillers.get(path) ?? bug(`nothing fills ${path}`)).column(length),
      ]),
    );
  }

  /** Which field's name stands at the cursor; -1 for none. Most records have the schema's order. */
  #nameAt(cursor: MsgpackCursor, expected: number): number {
    const length = cursor.textLength();
    if (length < 0) {
      cursor.skip();
      return -1;
    }
    const start = cursor.at;
    cursor.at += length;
    if (expected < this.#fields.length && sameBytes(cursor.bytes, start, length, this.#fields[expected].name))
      return expected;
    return this.#byName.get(Buffer.from(cursor.bytes.subarray(start, cursor.at)).toString('utf8')) ?? -1;
  }

  #readField(cursor: MsgpackCursor, row: number, index: number): void {
    const { field, take, put } = this.#fields[index];
    this.#seen[index] = this.#record;
    if (take?.(cursor, row)) return;
    const start = cursor.at;
    const value = this.#valueOf(cursor, field);
    if (cursor.problem !== undefined) return;
    const fit = fitField(field, value);
    if (fit.problem === undefined) put?.(row, fit.value, cursor, start);
    else cursor.refuse(fit.problem);
  }

  /** The value at the cursor; a timestamp as the time field has it. */
  #valueOf(cursor: MsgpackCursor, { name }: Field): Value {
    const { time } = this.#options.schema;
    const start = cursor.at;
    if (time?.path === name) {
      const extension = cursor.extension();
      if (extension !== undefined) {
        const value = timestampValue(extension.type, extension.data, time.unit);
        if (value !== undefined) return value;
      }
      cursor.at = start;
    }
    return readValue(cursor, name);
  }

  #fillMissing(cursor: MsgpackCursor, row: number): void {
    for (let index = 0; index < this.#fields.length; index++) {
      if (this.#seen[index] === this.#record) continue;
      const { field, put } = this.#fields[index];
      const value = fallbackOf(field);
      if (value === undefined) cursor.refuse(`field ${field.name} is missing`);
      else put?.(row, value, cursor, -1);
    }
  }

  #reader(field: Field): FieldReader {
    const { schema, paths, zone, rows } = this.#options;
    const { name, type } = field;
    const own = { field, name: Buffer.from(name) };
    const inside = [...paths, ...(schema.time === undefined ? [] : [schema.time.path])].filter((path) =>
      path.startsWith(`${name}.`),
    );
    if (schema.time?.path === name) {
      const filler = this.#add(name, new TimeFiller(rows, zone));
      const put = this.#putTime(filler, name);
      return field.type.kind === 'string' ? { ...own, put, take: takeTimeText(filler) } : { ...own, put };
    }
    if (isScalar(type)) {
      const filler = paths.includes(name) ? this.#scalar(field, name) : undefined;
      const take = fillScalar(field, filler);
      return filler === undefined
        ? { ...own, take }
        : { ...own, take, put: (row, value) => filler.setValue(row, value) };
    }
    const puts = [...new Set(inside)].map((path) => this.#putInside(path));
    if (paths.includes(name)) {
      const filler = this.#add(name, this.#encoded(field));
      puts.push((row, value, cursor, start) => {
        if (value === null) filler.setNull(row);
        else if (start < 0) filler.setValue(row, value);
        else filler.set(row, cursor.bytes, start, cursor.at);
      });
    }
    return {
      ...own,
      put: (row, value, cursor, start) => {
        for (const put of puts) put(row, value, cursor, start);
      },
    };
  }

  #scalar(field: Field, path: string): Filler {
    const { rows, keepsDictionaries } = this.#options;
    switch (field.type.kind) {
      case 'string':
      case 'enum':
        return this.#add(path, new DictionaryFiller(rows, keepsDictionaries));
      case 'boolean':
        return this.#add(path, new BooleanFiller(rows));
      case 'bytes':
      case 'fixed':
        return this.#add(path, new KeptSliceFiller(rows));
      default:
        return this.#add(path, new NumberFiller(rows));
    }
  }

  #encoded({ name, type }: Field): KeptSliceFiller {
    const cursor = new MsgpackCursor();
    const decode = (bytes: Uint8Array): Value => {
      cursor.set(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
      const fit = fitValue(type, readValue(cursor, name), name);
      return fit.problem === undefined ? fit.value : bug(fit.problem);
    };
    const encode = (value: Value): Uint8Array => {
      const out = new ByteWriter(64);
      writeValue(out, type, value);
      return out.take();
    };
    return new KeptSliceFiller(this.#options.rows, { encoding: 'msgpack', decode, encode });
  }

  #putTime(filler: TimeFiller, path: string): NonNullable<FieldReader['put']> {
    const unit = this.#options.schema.time?.unit ?? 'iso';
    return (row, value, cursor) => {
      if (value === null) {
        filler.setNull(row);
        return;
      }
      const time = writtenTime(value, unit);
      if (time === undefined) cursor.refuse(writtenTimeProblem(path, value, unit));
      else filler.set(row, time);
    };
  }

  /** A column of a path within the field's value. */
  #putInside(path: string): NonNullable<FieldReader['put']> {
    const { schema, rows, zone } = this.#options;
    const field = fieldAt(schema, path) ?? bug(`no field ${path}`);
    const names = path.split('.').slice(1);
    const within = (value: Value): Value =>
      names.reduce((inner: Value, name) => (isRow(inner) ? (inner[name] ?? null) : null), value);
    if (schema.time?.path === path) {
      const put = this.#putTime(this.#add(path, new TimeFiller(rows, zone)), path);
      return (row, value, cursor, start) => put(row, within(value), cursor, start);
    }
    const filler = isScalar(field.type) ? this.#scalar(field, path) : this.#add(path, this.#encoded(field));
    return (row, value) => filler.setValue(row, within(value));
  }

  #add<T extends Filler>(path: string, filler: T): T {
    this.#fillers.set(path, filler);
    return filler;
  }
}

function sameBytes(bytes: Uint8Array, start: number, length: number, name: Uint8Array): boolean {
  if (length !== name.length) return false;
  for (let at = 0; at < length; at++) if (bytes[start + at] !== name[at]) return false;
  return true;
}
