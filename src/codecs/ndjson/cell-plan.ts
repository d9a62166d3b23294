import type { Column } from '../../records/columns.js';
import type { TextSlices } from '../../records/dictionary.js';
import type { FieldType } from '../../records/schema.js';
import { PRECISION } from '../../records/time/form.js';
import { UTC, type Zone } from '../../records/time/zone.js';

/** How a cell is written. `text` is there as JSON already, `string` is not; `slow` goes through a JavaScript value. */
export const CELL = {
  none: 0,
  text: 1,
  time: 2,
  double: 3,
  float: 4,
  long: 5,
  bool: 6,
  slice: 7,
  string: 8,
  slow: 9,
} as const;

const NO_INTS = new Int32Array(0);
const NO_FORMS = new Uint32Array(0);
const NO_DOUBLES = new Float64Array(0);
const NO_LONGS = new BigInt64Array(0);
const NO_BYTES = new Uint8Array(0);

/**
 * A column of a batch as the encoder's inner loop reads it: all plans have one shape, whatever the column's kind, so
 * that the loop is compiled once.
 */
export class CellPlan {
  readonly kind: number;
  readonly nulls: Uint8Array;
  readonly hasNulls: boolean;
  /** Dictionary ids, or where slices start. */
  readonly ints: Int32Array = NO_INTS;
  readonly ends: Int32Array = NO_INTS;
  /** Doubles, or epoch milliseconds. */
  readonly doubles: Float64Array = NO_DOUBLES;
  readonly longs: BigInt64Array = NO_LONGS;
  /** Bools, escaped texts or slices. */
  readonly bytes: Uint8Array = NO_BYTES;
  readonly starts: Uint32Array = NO_FORMS;
  readonly forms: Uint32Array = NO_FORMS;
  readonly hasForms: boolean = false;
  readonly form: number = 0;
  readonly zone: Zone = UTC;

  constructor(
    readonly column: Column | undefined,
    type: FieldType,
    texts: TextSlices | undefined,
    areEscaped: boolean,
  ) {
    this.nulls = column?.nulls ?? NO_BYTES;
    this.hasNulls = column?.nulls !== undefined;
    this.kind = texts !== undefined && !areEscaped ? CELL.string : kindOf(column, type);
    if (column === undefined) return;
    switch (column.kind) {
      case 'dictionary':
        this.ints = column.ids;
        this.bytes = texts?.bytes ?? NO_BYTES;
        this.starts = texts?.starts ?? NO_FORMS;
        break;
      case 'time':
        this.doubles = column.millis;
        this.hasForms = column.forms !== undefined;
        this.forms = column.forms ?? NO_FORMS;
        this.form = column.form;
        this.zone = column.zone;
        break;
      case 'float64':
        this.doubles = column.values;
        break;
      case 'int64':
        this.longs = column.values;
        break;
      case 'bool':
        this.bytes = column.values;
        break;
      case 'encoded':
        this.bytes = column.buffer;
        this.ints = column.starts;
        this.ends = column.ends;
        break;
      case 'bytes':
        break;
    }
  }
}

function kindOf(column: Column | undefined, type: FieldType): number {
  switch (column?.kind) {
    case undefined:
      return CELL.none;
    case 'dictionary':
      return CELL.text;
    case 'time':
      // The forms of a column are all texts or all numbers: its field has one type.
      return ((column.forms?.[0] ?? column.form) & 3) === PRECISION.number ? CELL.slow : CELL.time;
    case 'float64':
      return type.kind === 'float' ? CELL.float : CELL.double;
    case 'int64':
      return CELL.long;
    case 'bool':
      return CELL.bool;
    case 'encoded':
      return column.encoding === 'json' ? CELL.slice : CELL.slow;
    case 'bytes':
      return CELL.slow;
  }
}
