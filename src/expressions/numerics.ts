import { columnOf } from '../records/batch.js';
import type { Int64Column } from '../records/columns.js';
import { bug } from '../records/errors.js';
import { type Numbers, type Numeric, type Rows, roomFor } from './operand.js';
import type { ArithmeticOperator } from './syntax.js';

const TWO_32 = 2 ** 32;

/** The numbers of one column. */
export class NumberColumn implements Numeric {
  readonly whole: boolean;
  readonly #path: string;
  #values = new Float64Array(0);
  #nulls = new Uint8Array(0);

  constructor(path: string, whole: boolean) {
    this.#path = path;
    this.whole = whole;
  }

  evaluate(rows: Rows): Numbers {
    const { batch, selection, count } = rows;
    const column = columnOf(batch, this.#path);
    if (column.kind !== 'float64' && column.kind !== 'int64')
      return bug(`${this.#path} is not numeric: ${column.kind}`);
    const nulls = this.#gatherNulls(column.nulls, rows);
    if (column.kind === 'int64') return this.#gatherLongs(column, nulls, rows);
    if (selection === undefined) return { values: column.values, nulls, exact: undefined };
    const values = this.#room(count);
    for (let at = 0; at < count; at++) values[at] = column.values[selection[at]];
    return { values, nulls, exact: undefined };
  }

  #gatherLongs(column: Int64Column, nulls: Uint8Array | undefined, { selection, count }: Rows): Numbers {
    const values = this.#room(count);
    const exact = new Map<number, bigint>();
    const { buffer, byteOffset, length } = column.values;
    // Little-endian halves: reading them makes no BigInt of the values that don't need one.
    const halves = new Int32Array(buffer, byteOffset, length * 2);
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      const value = halves[row * 2 + 1] * TWO_32 + (halves[row * 2] >>> 0);
      values[at] = value;
      if (!Number.isSafeInteger(value)) exact.set(at, column.values[row]);
    }
    return { values, nulls, exact };
  }

  #gatherNulls(nulls: Uint8Array | undefined, { selection, count }: Rows): Uint8Array | undefined {
    if (nulls === undefined || selection === undefined) return nulls;
    this.#nulls = roomFor(count, this.#nulls);
    for (let at = 0; at < count; at++) this.#nulls[at] = nulls[selection[at]];
    return this.#nulls;
  }

  #room(count: number): Float64Array {
    if (this.#values.length < count) this.#values = new Float64Array(count);
    return this.#values;
  }
}

/** One number, the same for every row. */
export class NumberConstant implements Numeric {
  readonly whole: boolean;
  readonly #value: number | bigint;

  constructor(value: number | bigint) {
    this.#value = value;
    this.whole = typeof value === 'bigint' || Number.isSafeInteger(value);
  }

  evaluate({ count }: Rows): Numbers {
    const value = this.#value;
    const values = new Float64Array(count).fill(Number(value));
    if (typeof value === 'number') return { values, nulls: undefined, exact: undefined };
    return { values, nulls: undefined, exact: new Map(Array.from(values, (_, at) => [at, value] as const)) };
  }
}

/**
 * `+ - * / %` of two numbers. Between integers `+ - * %` are exact, however large they get; everything else is done
 * in double precision, `/` of integers too (5 / 2 is 2.5). A division by zero is null, as in SQLite and MySQL.
 */
export class Arithmetic implements Numeric {
  readonly whole: boolean;
  readonly #operator: ArithmeticOperator;
  readonly #left: Numeric;
  readonly #right: Numeric;
  #values = new Float64Array(0);
  #nulls = new Uint8Array(0);

  constructor(operator: ArithmeticOperator, left: Numeric, right: Numeric) {
    this.#operator = operator;
    this.#left = left;
    this.#right = right;
    this.whole = left.whole && right.whole && operator !== '/';
  }

  evaluate(rows: Rows): Numbers {
    const { count } = rows;
    const left = this.#left.evaluate(rows);
    const right = this.#right.evaluate(rows);
    if (this.#values.length < count) this.#values = new Float64Array(count);
    const values = this.#values;
    this.#compute(left.values, right.values, values, count);
    const nulls = this.#nullsOf(left, right, count);
    return { values, nulls, exact: this.whole ? this.#exact(left, right, count) : undefined };
  }

  #compute(left: Float64Array, right: Float64Array, values: Float64Array, count: number): void {
    switch (this.#operator) {
      case '+':
        for (let at = 0; at < count; at++) values[at] = left[at] + right[at];
        break;
      case '-':
        for (let at = 0; at < count; at++) values[at] = left[at] - right[at];
        break;
      case '*':
        for (let at = 0; at < count; at++) values[at] = left[at] * right[at];
        break;
      case '/':
        for (let at = 0; at < count; at++) values[at] = left[at] / right[at];
        break;
      case '%':
        for (let at = 0; at < count; at++) values[at] = left[at] % right[at];
    }
  }

  #nullsOf(left: Numbers, right: Numbers, count: number): Uint8Array | undefined {
    const divides = this.#operator === '/' || this.#operator === '%';
    if (left.nulls === undefined && right.nulls === undefined && !divides) return undefined;
    this.#nulls = roomFor(count, this.#nulls);
    const nulls = this.#nulls;
    for (let at = 0; at < count; at++) {
      const none = left.nulls?.[at] === 1 || right.nulls?.[at] === 1 || (divides && right.values[at] === 0);
      nulls[at] = none ? 1 : 0;
    }
    return nulls;
  }

  /** Does those rows again in BigInt whose operands or result a double does not hold. */
  #exact(left: Numbers, right: Numbers, count: number): Map<number, bigint> | undefined {
    const values = this.#values;
    let exact: Map<number, bigint> | undefined;
    for (let at = 0; at < count; at++) {
      if (Number.isSafeInteger(values[at]) && left.exact === undefined && right.exact === undefined) continue;
      const none = left.nulls?.[at] === 1 || right.nulls?.[at] === 1;
      if (none || (this.#operator === '%' && right.values[at] === 0)) continue;
      const a = left.exact?.get(at) ?? BigInt(left.values[at]);
      const b = right.exact?.get(at) ?? BigInt(right.values[at]);
      const result = integerResult(this.#operator, a, b);
      values[at] = Number(result);
      if (Number.isSafeInteger(values[at])) continue;
      exact ??= new Map();
      exact.set(at, result);
    }
    return exact;
  }
}

function integerResult(operator: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return a % b;
  }
}
