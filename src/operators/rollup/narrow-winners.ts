import type { Batch } from '../../records/batch.js';
import { columnOf } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { compareNumbers } from '../../records/compare.js';
import type { Field } from '../../records/schema.js';
import { GrowableColumn } from './growable-column.js';
import { ReusedColumn } from './reused-column.js';
import type { Winners } from './winners.js';

/** More fields than this and a record's bytes are the smaller thing to keep. */
export const MAX_NARROW_FIELDS = 4;

/** True where a state keeps the fields' values rather than the record's bytes. */
export function isNarrow(fields: readonly Field[]): boolean {
  const numbers = ['boolean', 'int', 'long', 'float', 'double'];
  return fields.length <= MAX_NARROW_FIELDS && fields.every(({ type }) => numbers.includes(type.kind));
}

/** Keeps a few numbers and bools, eight bytes each. */
export class NarrowWinners implements Winners {
  readonly #cells: readonly NumberCells[];

  constructor(fields: readonly Field[]) {
    this.#cells = fields.map((field) => new NumberCells(field));
  }

  begin(batch: Batch, top: number): void {
    for (const cells of this.#cells) cells.begin(batch, top);
  }

  keep(states: Int32Array, rows: Int32Array, count: number): void {
    for (const cells of this.#cells) cells.keep(states, rows, count);
  }

  compare(state: number, row: number): number {
    for (const cells of this.#cells) {
      const order = cells.compare(state, row);
      if (order !== 0) return order;
    }
    return 0;
  }

  forget(): void {}

  columns(states: Int32Array): Map<string, Column> {
    return new Map(this.#cells.map((cells) => [cells.field.name, cells.column(states)]));
  }

  *runs(states: Int32Array): Iterable<Int32Array> {
    yield states;
  }
}

/** One field's value by state. Longs are doubles until the first that a double does not hold. */
class NumberCells {
  readonly #doubles = new GrowableColumn(Float64Array);
  readonly #nulls: GrowableColumn<Uint8Array> | undefined;
  #longs: BigInt64Array | undefined;
  readonly #given = {
    nulls: new ReusedColumn(Uint8Array),
    bools: new ReusedColumn(Uint8Array),
    doubles: new ReusedColumn(Float64Array),
    longs: new ReusedColumn(BigInt64Array),
  };
  #column: Column | undefined;

  constructor(readonly field: Field) {
    if (field.nullable) this.#nulls = new GrowableColumn(Uint8Array);
  }

  begin(batch: Batch, top: number): void {
    this.#column = columnOf(batch, this.field.name);
    this.#doubles.need(top);
    this.#nulls?.need(top);
    if (this.#longs !== undefined) {
      this.#longs = new BigInt64Array(this.#doubles.values.buffer);
    } else if (this.#column.kind === 'int64') {
      const { values } = this.#doubles;
      this.#longs = new BigInt64Array(values.buffer);
      for (let state = 0; state < values.length; state++) this.#longs[state] = BigInt(values[state]);
    }
  }

  keep(states: Int32Array, rows: Int32Array, count: number): void {
    const column = this.#column;
    const nulls = this.#nulls?.values;
    if (nulls !== undefined) {
      for (let at = 0; at < count; at++) nulls[states[at]] = column?.nulls?.[rows[at]] ?? 0;
    }
    if (column?.kind === 'int64' && this.#longs !== undefined) {
      for (let at = 0; at < count; at++) this.#longs[states[at]] = column.values[rows[at]];
    } else if ((column?.kind === 'float64' || column?.kind === 'bool') && this.#longs !== undefined) {
      for (let at = 0; at < count; at++) this.#longs[states[at]] = BigInt(column.values[rows[at]]);
    } else if (column?.kind === 'float64') {
      copyCells(column.values, this.#doubles.values, states, rows, count);
    } else if (column?.kind === 'bool') {
      copyCells(column.values, this.#doubles.values, states, rows, count);
    }
  }

  /** The order of a row's value against a state's; null stands where its branch does (Avro 1.12, "Sort Order"). */
  compare(state: number, row: number): number {
    const column = this.#column;
    if (column?.kind !== 'float64' && column?.kind !== 'int64' && column?.kind !== 'bool') return 0;
    const kept = this.#nulls?.values[state] !== 1;
    const given = column.nulls?.[row] !== 1;
    if (kept !== given) return given === (this.field.nullBranch === 0) ? 1 : -1;
    if (!kept) return 0;
    return compareNumbers(column.values[row], this.#longs?.[state] ?? this.#doubles.values[state]);
  }

  /** Borrowed until the next call. */
  column(states: Int32Array): Column {
    const count = states.length;
    const { nulls, bools, doubles, longs } = this.#given;
    const nullable = this.#nulls === undefined ? {} : { nulls: pick(this.#nulls.values, states, nulls.of(count)) };
    if (this.#longs !== undefined)
      return { kind: 'int64', values: pick(this.#longs, states, longs.of(count)), ...nullable };
    const { values } = this.#doubles;
    if (this.field.type.kind === 'boolean')
      return { kind: 'bool', values: pick(values, states, bools.of(count)), ...nullable };
    return { kind: 'float64', values: pick(values, states, doubles.of(count)), ...nullable };
  }
}

function copyCells(
  from: Float64Array | Uint8Array,
  to: Float64Array,
  states: Int32Array,
  rows: Int32Array,
  count: number,
): void {
  for (let at = 0; at < count; at++) to[states[at]] = from[rows[at]];
}

/** Writes the elements at some places to `target`. */
function pick<V extends number | bigint, A extends { [at: number]: V }>(
  values: { readonly [at: number]: V },
  places: Int32Array,
  target: A,
): A {
  for (let at = 0; at < places.length; at++) target[at] = values[places[at]];
  return target;
}
