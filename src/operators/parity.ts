import { type Batch, columnOf, type Origin, selectedCount } from '../records/batch.js';
import { type Column, isNull } from '../records/columns.js';
import { UsageError } from '../records/errors.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import type { Operator, OperatorFigures, Processed, Refused } from './operator.js';

const FIELDS = ['a', 'b'] as const;
/** Which of a long's two 32-bit words is the lower one. */
const LOWER_WORD = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** Pairs {a, b} to {outcome}: 1 where their sum is even, 0 where it is odd. Longs of any size, negative ones too. */
export class Parity implements Operator {
  readonly reads = FIELDS;
  readonly readsRecords = false;
  readonly stateless = true;
  #outcomes = new Float64Array(0);
  #odd = new Uint8Array(0);
  /** The row that each outcome comes of. */
  #rows = new Int32Array(0);

  /**
   * @param input has two fields a and b that are whole numbers
   * @param output the type `outcome`
   * @throws UsageError for another input
   */
  constructor(
    input: RecordSchema,
    readonly output: RecordSchema,
  ) {
    for (const name of FIELDS) {
      const kind = fieldAt(input, name)?.type.kind;
      if (kind === 'int' || kind === 'long') continue;
      const what = kind === undefined ? `has no field ${name}` : `has a ${kind} ${name}`;
      throw new UsageError(
        `schema ${input.name} ${what}, so there is no sum that is even or odd`,
        'Give a schema whose a and b are int or long, such as --schema pair.',
      );
    }
  }

  process(batch: Batch): Processed {
    if (this.#odd.length < batch.length) {
      this.#odd = new Uint8Array(batch.length);
      this.#outcomes = new Float64Array(batch.length);
      this.#rows = new Int32Array(batch.length);
    }
    const a = columnOf(batch, 'a');
    const b = columnOf(batch, 'b');
    // A sum is odd where one of its two numbers is: without adding, nothing can overflow.
    this.#odd.fill(0, 0, batch.length);
    flipOdd(a, batch.length, this.#odd);
    flipOdd(b, batch.length, this.#odd);
    const { selection } = batch;
    const count = selectedCount(batch);
    const refused: Refused[] = [];
    let length = 0;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      const lacking = isNull(a, row) ? 'a' : isNull(b, row) ? 'b' : undefined;
      if (lacking !== undefined) {
        refused.push({ row, late: false, reason: `field ${lacking} is null, so there is no sum` });
        continue;
      }
      this.#rows[length] = row;
      this.#outcomes[length++] = 1 - this.#odd[row];
    }
    const column: Column = { kind: 'float64', values: this.#outcomes };
    const { headers, envelope, origin } = batch;
    const rows: Batch = {
      schema: this.output,
      length,
      columns: new Map([['outcome', column]]),
      ...(headers === undefined ? {} : { headers: (row) => headers(this.#rows[row]) }),
      ...(envelope === undefined ? {} : { envelope }),
      ...(origin === undefined ? {} : { origin: originOf(origin, this.#rows.subarray(0, length)) }),
    };
    return refused.length === 0 ? { rows } : { rows, refused };
  }

  *flush(): Iterable<Batch> {}

  figures(): OperatorFigures {
    return { states: 0 };
  }
}

/** Where rows come from that come of some rows of a batch each. */
function originOf({ records, ...origin }: Origin, rows: Int32Array): Origin {
  const ordinal = (row: number): number => origin.ordinal(rows[row]);
  if (records === undefined) return { ...origin, ordinal };
  const { original } = records;
  const starts = rows.map((row) => records.starts[row]);
  const ends = rows.map((row) => records.ends[row]);
  const replaced = original === undefined ? {} : { original: (row: number) => original(rows[row]) };
  return { ...origin, ordinal, records: { ...records, starts, ends, ...replaced } };
}

/** Flips the rows whose number is odd. */
function flipOdd(column: Column, length: number, odd: Uint8Array): void {
  if (column.kind === 'float64') {
    const { values } = column;
    // ToInt32 keeps the lowest bits of any whole number (ECMA-262, section 7.1.6).
    for (let row = 0; row < length; row++) odd[row] ^= values[row] & 1;
  } else if (column.kind === 'int64') {
    const { values } = column;
    const words = new Int32Array(values.buffer, values.byteOffset + 4 * LOWER_WORD, 2 * length - LOWER_WORD);
    for (let row = 0; row < length; row++) odd[row] ^= words[2 * row] & 1;
  } else {
    throw new Error(`a column of whole numbers can't be ${column.kind}`);
  }
}
