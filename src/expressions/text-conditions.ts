import { type Batch, columnOf } from '../records/batch.js';
import type { DictionaryColumn } from '../records/columns.js';
import type { Dictionary } from '../records/dictionary.js';
import { bug } from '../records/errors.js';
import { type Condition, FALSE, type Rows, roomFor, TRUE, UNKNOWN } from './operand.js';

/** An entry that has not been tested yet, in a memo of answers. */
const UNTESTED = 0;

interface Memo {
  readonly generation: number;
  /** By id: UNTESTED, or an answer + 1. */
  answers: Uint8Array;
}

/**
 * A test of one string column. Each distinct string is tested once: the answer is kept by its id in the dictionary
 * until the dictionary's generation changes.
 */
export class TextTest implements Condition {
  readonly #path: string;
  readonly #test: (text: Uint8Array) => boolean;
  #memos = new WeakMap<Dictionary, Memo>();
  #answers = new Uint8Array(0);

  /** @param test is given a string's UTF-8 bytes */
  constructor(path: string, test: (text: Uint8Array) => boolean) {
    this.#path = path;
    this.#test = test;
  }

  evaluate({ batch, selection, count }: Rows): Uint8Array {
    const { ids, dictionary, nulls } = textColumn(batch, this.#path);
    const memo = this.#memo(dictionary);
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    if (selection === undefined && nulls === undefined) {
      // Most often every string has been tested before: one look a row, and a second pass only where one has not.
      let untested = 0;
      for (let at = 0; at < count; at++) {
        const known = memo[ids[at]];
        answers[at] = known - 1;
        untested += known === UNTESTED ? 1 : 0;
      }
      if (untested === 0) return answers;
    }
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      if (nulls !== undefined && nulls[row] === 1) {
        answers[at] = UNKNOWN;
        continue;
      }
      const id = ids[row];
      if (memo[id] === UNTESTED) memo[id] = 1 + (this.#test(dictionary.bytes(id)) ? TRUE : FALSE);
      answers[at] = memo[id] - 1;
    }
    return answers;
  }

  #memo(dictionary: Dictionary): Uint8Array {
    const { generation, size } = dictionary;
    const known = this.#memos.get(dictionary);
    if (known === undefined || known.generation !== generation) {
      const answers = new Uint8Array(size);
      this.#memos.set(dictionary, { generation, answers });
      return answers;
    }
    if (known.answers.length < size) {
      const larger = new Uint8Array(Math.max(size, known.answers.length * 2));
      larger.set(known.answers);
      known.answers = larger;
    }
    return known.answers;
  }
}

/** Compares the strings of two columns, byte by byte. */
export class TextAgainstText implements Condition {
  readonly #left: string;
  readonly #right: string;
  readonly #holds: (order: number) => boolean;
  #answers = new Uint8Array(0);

  /** @param holds whether the condition is true of two strings with this order (negative, 0, positive) */
  constructor(left: string, right: string, holds: (order: number) => boolean) {
    this.#left = left;
    this.#right = right;
    this.#holds = holds;
  }

  evaluate({ batch, selection, count }: Rows): Uint8Array {
    const left = textColumn(batch, this.#left);
    const right = textColumn(batch, this.#right);
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    const same = left.dictionary === right.dictionary;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      if (left.nulls?.[row] === 1 || right.nulls?.[row] === 1) {
        answers[at] = UNKNOWN;
        continue;
      }
      const [a, b] = [left.ids[row], right.ids[row]];
      const order = same && a === b ? 0 : Buffer.compare(left.dictionary.bytes(a), right.dictionary.bytes(b));
      answers[at] = this.#holds(order) ? TRUE : FALSE;
    }
    return answers;
  }
}

function textColumn(batch: Batch, path: string): DictionaryColumn {
  const column = columnOf(batch, path);
  return column.kind === 'dictionary' ? column : bug(`${path} is not a column of strings but ${column.kind}`);
}
