import { type Condition, type Numbers, type Numeric, type Rows, roomFor, UNKNOWN } from './operand.js';
import type { CompareOperator } from './syntax.js';

/**
 * A comparison as one of three relations, and whether its answer is turned round. In the order of numbers used here
 * NaN equals itself and is greater than every number, as in sorting: so a > b is exactly not a <= b.
 */
interface Relation {
  readonly relation: 'less' | 'atMost' | 'equal';
  readonly flip: 0 | 1;
}

const RELATIONS: Readonly<Record<CompareOperator, Relation>> = {
  '=': { relation: 'equal', flip: 0 },
  '<>': { relation: 'equal', flip: 1 },
  '<': { relation: 'less', flip: 0 },
  '>=': { relation: 'less', flip: 1 },
  '<=': { relation: 'atMost', flip: 0 },
  '>': { relation: 'atMost', flip: 1 },
};

/** Compares a number of each row with one that is the same for all. */
export class NumberAgainstConstant implements Condition {
  readonly #numeric: Numeric;
  readonly #relation: Relation;
  readonly #constant: number | bigint;
  #answers = new Uint8Array(0);

  /** @param constant not NaN */
  constructor(operator: CompareOperator, numeric: Numeric, constant: number | bigint) {
    this.#numeric = numeric;
    this.#relation = RELATIONS[operator];
    this.#constant = constant;
  }

  evaluate(rows: Rows): Uint8Array {
    const { count } = rows;
    const { values, nulls, exact } = this.#numeric.evaluate(rows);
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    const { relation, flip } = this.#relation;
    const constant = this.#constant;
    const nearest = Number(constant);
    if (relation === 'less') {
      for (let at = 0; at < count; at++) answers[at] = (values[at] < nearest ? 1 : 0) ^ flip;
    } else if (relation === 'atMost') {
      for (let at = 0; at < count; at++) answers[at] = (values[at] <= nearest ? 1 : 0) ^ flip;
    } else {
      for (let at = 0; at < count; at++) answers[at] = (values[at] === nearest ? 1 : 0) ^ flip;
    }
    if (exact !== undefined || typeof constant === 'bigint') {
      // Rounding keeps the order, so only those that are equal as doubles have to be looked at more closely.
      for (let at = 0; at < count; at++) {
        if (values[at] === nearest) answers[at] = answerOf(this.#relation, exact?.get(at) ?? values[at], constant);
      }
    }
    return withUnknown(answers, nulls, count);
  }
}

/** Compares two numbers of each row. */
export class NumberAgainstNumber implements Condition {
  readonly #left: Numeric;
  readonly #right: Numeric;
  readonly #relation: Relation;
  #answers = new Uint8Array(0);

  constructor(operator: CompareOperator, left: Numeric, right: Numeric) {
    this.#left = left;
    this.#right = right;
    this.#relation = RELATIONS[operator];
  }

  evaluate(rows: Rows): Uint8Array {
    const { count } = rows;
    const left = this.#left.evaluate(rows);
    const right = this.#right.evaluate(rows);
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    const exact = left.exact !== undefined || right.exact !== undefined;
    for (let at = 0; at < count; at++) {
      const [a, b] = [left.values[at], right.values[at]];
      const both = exact && a === b;
      answers[at] = both
        ? answerOf(this.#relation, exactAt(left, at), exactAt(right, at))
        : answerOf(this.#relation, a, b);
    }
    return withUnknown(withUnknown(answers, left.nulls, count), right.nulls, count);
  }
}

/** True where a number is one of a list. */
export class NumberInList implements Condition {
  readonly #numeric: Numeric;
  readonly #doubles: ReadonlySet<number>;
  readonly #longs: ReadonlySet<bigint>;
  #answers = new Uint8Array(0);

  constructor(numeric: Numeric, list: readonly (number | bigint)[]) {
    this.#numeric = numeric;
    this.#doubles = new Set(list.filter((one) => typeof one === 'number'));
    this.#longs = new Set(list.filter((one) => !Number.isSafeInteger(one)).flatMap(exactInteger));
  }

  evaluate(rows: Rows): Uint8Array {
    const { count } = rows;
    const { values, nulls, exact } = this.#numeric.evaluate(rows);
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    const doubles = this.#doubles;
    for (let at = 0; at < count; at++) answers[at] = doubles.has(values[at]) ? 1 : 0;
    if (this.#longs.size > 0 || exact !== undefined) {
      for (let at = 0; at < count; at++) {
        if (Number.isSafeInteger(values[at])) continue;
        const [long] = exactInteger(exact?.get(at) ?? values[at]);
        answers[at] = (long === undefined ? doubles.has(values[at]) : this.#longs.has(long)) ? 1 : 0;
      }
    }
    return withUnknown(answers, nulls, count);
  }
}

/** An integer as a bigint; nothing for a fraction, an infinity or NaN. */
function exactInteger(value: number | bigint): bigint[] {
  return typeof value === 'bigint' || Number.isInteger(value) ? [BigInt(value)] : [];
}

function exactAt({ values, exact }: Numbers, at: number): number | bigint {
  return exact?.get(at) ?? values[at];
}

function answerOf({ relation, flip }: Relation, a: number | bigint, b: number | bigint): number {
  const less = a < b || (Number.isNaN(b) && !Number.isNaN(a));
  const greater = a > b || (Number.isNaN(a) && !Number.isNaN(b));
  const holds = relation === 'less' ? less : relation === 'atMost' ? !greater : !less && !greater;
  return (holds ? 1 : 0) ^ flip;
}

function withUnknown(answers: Uint8Array, nulls: Uint8Array | undefined, count: number): Uint8Array {
  if (nulls !== undefined) for (let at = 0; at < count; at++) if (nulls[at] === 1) answers[at] = UNKNOWN;
  return answers;
}
