import { ByteDictionary } from '../records/byte-dictionary.js';
import type { Column } from '../records/columns.js';
import { bug } from '../records/errors.js';
import { ISO_SECONDS } from '../records/time/form.js';
import type { Zone } from '../records/time/zone.js';
import { instantColumn } from '../records/time-column.js';
import type { Value } from '../records/value.js';
import { isFull } from './dictionary-limit.js';

/**
 * A column while a batch is filled. Rows are written in order, and a row may be written again: the one before it was
 * refused. The arrays are used again for the next batch.
 */
export abstract class Filler {
  #nulls: Uint8Array;
  #hasNull = false;

  constructor(readonly rows: number) {
    this.#nulls = new Uint8Array(0);
  }

  setNull(row: number): void {
    if (!this.#hasNull) {
      if (this.#nulls.length === 0) this.#nulls = new Uint8Array(this.rows);
      else this.#nulls.fill(0);
      this.#hasNull = true;
    }
    this.#nulls[row] = 1;
  }

  /** To be called with each value: a refused row may have been null. */
  protected present(row: number): void {
    if (this.#hasNull) this.#nulls[row] = 0;
  }

  begin(): void {
    this.#hasNull = false;
  }

  /** Sets a row to a value that fits the column's type. */
  setValue(row: number, value: Value): void {
    if (value === null) this.setNull(row);
    else this.setPresent(row, value);
  }

  protected setPresent(_row: number, value: Value): void {
    bug(`a ${typeof value} can't be set in ${this.constructor.name}`);
  }

  /** The first `length` rows. */
  column(length: number): Column {
    const column = this.values(length);
    return this.#hasNull ? { ...column, nulls: this.#nulls } : column;
  }

  protected abstract values(length: number): Column;
}

export class DictionaryFiller extends Filler {
  readonly #ids: Int32Array;
  readonly #keeps: boolean;
  #dictionary = new ByteDictionary();

  /** @param keeps whether the dictionary of one batch serves the next */
  constructor(rows: number, keeps: boolean) {
    super(rows);
    this.#ids = new Int32Array(rows);
    this.#keeps = keeps;
  }

  override begin(): void {
    super.begin();
    const isStale = !this.#keeps && this.#dictionary.size > 0;
    if (isStale || isFull(this.#dictionary)) this.#dictionary = new ByteDictionary();
  }

  set(row: number, text: string): void {
    this.present(row);
    this.#ids[row] = this.#dictionary.intern(text);
  }

  protected override setPresent(row: number, value: Value): void {
    this.set(row, String(value));
  }

  /** Sets a row to the text at [start, end); false if it is not valid UTF-8. */
  setBytes(row: number, bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    this.present(row);
    const id = this.#dictionary.internBytes(bytes, view, start, end);
    this.#ids[row] = id;
    return id >= 0;
  }

  protected override values(): Column {
    return { kind: 'dictionary', ids: this.#ids, dictionary: this.#dictionary };
  }
}

export class TimeFiller extends Filler {
  readonly #zone: Zone;
  readonly #millis: Float64Array;
  readonly #forms: Uint32Array;

  constructor(rows: number, zone: Zone) {
    super(rows);
    this.#zone = zone;
    this.#millis = new Float64Array(rows);
    this.#forms = new Uint32Array(rows);
  }

  set(row: number, time: { readonly millis: number; readonly form: number }): void {
    this.present(row);
    this.#millis[row] = time.millis;
    this.#forms[row] = time.form;
  }

  override setNull(row: number): void {
    super.setNull(row);
    this.#forms[row] = row === 0 ? ISO_SECONDS : this.#forms[row - 1];
  }

  protected override values(length: number): Column {
    const form = length === 0 ? ISO_SECONDS : this.#forms[0];
    let vary = false;
    for (let row = 1; row < length && !vary; row++) vary = this.#forms[row] !== form;
    return instantColumn(this.#zone, this.#millis, vary ? this.#forms : undefined, form, length);
  }
}

/** Numbers of every kind; longs that a double does not hold turn the batch's column into one of exact ones. */
export class NumberFiller extends Filler {
  readonly #values: Float64Array;
  #longs: BigInt64Array | undefined;
  #isWide = false;

  constructor(rows: number) {
    super(rows);
    this.#values = new Float64Array(rows);
  }

  override begin(): void {
    super.begin();
    this.#isWide = false;
  }

  set(row: number, value: number): void {
    this.present(row);
    this.#values[row] = value;
  }

  protected override setPresent(row: number, value: Value): void {
    if (typeof value === 'bigint') this.setWide(row, value);
    else this.set(row, Number(value));
  }

  setWide(row: number, value: bigint): void {
    this.set(row, Number(value));
    this.#longs ??= new BigInt64Array(this.rows);
    this.#longs[row] = value;
    this.#isWide = true;
  }

  protected override values(length: number): Column {
    const values = this.#values;
    const longs = this.#longs;
    // What was refused may have been the only wide one.
    const isWide = this.#isWide && values.subarray(0, length).some((value) => !Number.isSafeInteger(value));
    if (!isWide || longs === undefined) return { kind: 'float64', values };
    for (let row = 0; row < length; row++) {
      // Where a double is exact it says more: the long of that row may be one of an earlier batch.
      if (Number.isSafeInteger(values[row])) longs[row] = BigInt(values[row]);
    }
    return { kind: 'int64', values: longs };
  }
}

export class BooleanFiller extends Filler {
  readonly #values: Uint8Array;

  constructor(rows: number) {
    super(rows);
    this.#values = new Uint8Array(rows);
  }

  set(row: number, value: boolean): void {
    this.present(row);
    this.#values[row] = value ? 1 : 0;
  }

  protected override setPresent(row: number, value: Value): void {
    this.set(row, value === true);
  }

  protected override values(): Column {
    return { kind: 'bool', values: this.#values };
  }
}

/** A column that the writer has nothing for: the same value in every row that is not null. */
export class ConstantFiller extends Filler {
  readonly #column: Column;

  /** @param column has the value in each of `rows` rows */
  constructor(rows: number, column: Column) {
    super(rows);
    this.#column = column;
  }

  set(row: number): void {
    this.present(row);
  }

  protected override values(): Column {
    return this.#column;
  }
}
