import { columnOf } from '../records/batch.js';
import { bug } from '../records/errors.js';
import { type Condition, FALSE, type Numeric, type Rows, roomFor, TRUE, UNKNOWN } from './operand.js';

/** Answers to `a and b` at [a * 3 + b], and so on (ISO 9075-2, 6.39, truth tables). */
const AND = Uint8Array.of(FALSE, FALSE, FALSE, FALSE, TRUE, UNKNOWN, FALSE, UNKNOWN, UNKNOWN);
const OR = Uint8Array.of(FALSE, TRUE, UNKNOWN, TRUE, TRUE, TRUE, UNKNOWN, TRUE, UNKNOWN);
const NOT = Uint8Array.of(TRUE, FALSE, UNKNOWN);

/** `and` or `or` of several conditions. */
export class Junction implements Condition {
  readonly #table: Uint8Array;
  readonly #items: readonly Condition[];
  #answers = new Uint8Array(0);

  constructor(word: 'and' | 'or', items: readonly Condition[]) {
    this.#table = word === 'and' ? AND : OR;
    this.#items = items;
  }

  evaluate(rows: Rows): Uint8Array {
    const { count } = rows;
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    const table = this.#table;
    for (const [place, item] of this.#items.entries()) {
      const more = item.evaluate(rows);
      if (place === 0) answers.set(more.subarray(0, count));
      else for (let at = 0; at < count; at++) answers[at] = table[answers[at] * 3 + more[at]];
    }
    return answers;
  }
}

export class Negation implements Condition {
  readonly #condition: Condition;
  #answers = new Uint8Array(0);

  constructor(condition: Condition) {
    this.#condition = condition;
  }

  evaluate(rows: Rows): Uint8Array {
    const inner = this.#condition.evaluate(rows);
    const answers = roomFor(rows.count, this.#answers);
    this.#answers = answers;
    for (let at = 0; at < rows.count; at++) answers[at] = NOT[inner[at]];
    return answers;
  }
}

/** The same answer for every row: `true`, or a comparison with null. */
export class Always implements Condition {
  readonly #answer: number;
  #answers = new Uint8Array(0);

  constructor(answer: number) {
    this.#answer = answer;
  }

  evaluate({ count }: Rows): Uint8Array {
    if (this.#answers.length < count) this.#answers = new Uint8Array(count).fill(this.#answer);
    return this.#answers;
  }
}

/** A boolean field as a condition. */
export class BoolField implements Condition {
  readonly #path: string;
  #answers = new Uint8Array(0);

  constructor(path: string) {
    this.#path = path;
  }

  evaluate({ batch, selection, count }: Rows): Uint8Array {
    const column = columnOf(batch, this.#path);
    if (column.kind !== 'bool') return bug(`${this.#path} is not a column of bools but ${column.kind}`);
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      answers[at] = column.nulls?.[row] === 1 ? UNKNOWN : column.values[row];
    }
    return answers;
  }
}

/** Compares what two conditions say; false is less than true. */
export class ConditionCompare implements Condition {
  readonly #left: Condition;
  readonly #right: Condition;
  readonly #holds: (order: number) => boolean;
  #answers = new Uint8Array(0);

  constructor(left: Condition, right: Condition, holds: (order: number) => boolean) {
    this.#left = left;
    this.#right = right;
    this.#holds = holds;
  }

  evaluate(rows: Rows): Uint8Array {
    const left = this.#left.evaluate(rows);
    const right = this.#right.evaluate(rows);
    const answers = roomFor(rows.count, this.#answers);
    this.#answers = answers;
    for (let at = 0; at < rows.count; at++) {
      const known = left[at] !== UNKNOWN && right[at] !== UNKNOWN;
      answers[at] = known ? (this.#holds(left[at] - right[at]) ? TRUE : FALSE) : UNKNOWN;
    }
    return answers;
  }
}

/** `is null` of a field, a number or a condition. It is never unknown itself. */
export class NullTest implements Condition {
  readonly #nulls: (rows: Rows) => (at: number) => boolean;
  #answers = new Uint8Array(0);

  private constructor(nulls: (rows: Rows) => (at: number) => boolean) {
    this.#nulls = nulls;
  }

  static ofField(path: string): NullTest {
    return new NullTest(({ batch, selection }) => {
      const { nulls } = columnOf(batch, path);
      if (nulls === undefined) return () => false;
      return (at) => nulls[selection === undefined ? at : selection[at]] === 1;
    });
  }

  static ofNumber(numeric: Numeric): NullTest {
    return new NullTest((rows) => {
      const { nulls } = numeric.evaluate(rows);
      return (at) => nulls?.[at] === 1;
    });
  }

  static ofCondition(condition: Condition): NullTest {
    return new NullTest((rows) => {
      const answers = condition.evaluate(rows);
      return (at) => answers[at] === UNKNOWN;
    });
  }

  evaluate(rows: Rows): Uint8Array {
    const isNull = this.#nulls(rows);
    const answers = roomFor(rows.count, this.#answers);
    this.#answers = answers;
    for (let at = 0; at < rows.count; at++) answers[at] = isNull(at) ? TRUE : FALSE;
    return answers;
  }
}
