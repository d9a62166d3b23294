import { expressionError } from './expression-error.js';
import type { ArithmeticOperator, CompareOperator, Literal, Syntax } from './syntax.js';
import { TokenReader } from './token-reader.js';

/** Parentheses, nots and signs within each other. Deeper ones would overflow the stack. */
const MAX_DEPTH = 200;
/** Of `+ - * / %` in one expression: each stands within the next. */
const MAX_ARITHMETIC = 1000;

const COMPARISONS: Readonly<Partial<Record<string, CompareOperator>>> = {
  '=': '=',
  '==': '=',
  '!=': '<>',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/**
 * Reads an expression in SQL's syntax: `or`, `and`, `not`, comparisons, `in`, `like`, `between`, `is null`, `+ -`,
 * `* / %` and signs, from the loosest to the tightest.
 * @throws UsageError that points to the place and says what was expected there
 */
export function parseExpression(text: string): Syntax {
  const reader = new TokenReader(text);
  const syntax = new Parser(reader).or();
  if (reader.next.kind !== 'end') reader.fail('the end, `and` or `or`');
  return syntax;
}

class Parser {
  readonly #reader: TokenReader;
  #depth = 0;
  #arithmetic = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  or(): Syntax {
    return this.#list('or', () => this.#list('and', () => this.#not()));
  }

  #list(word: 'and' | 'or', item: () => Syntax): Syntax {
    const items = [item()];
    const { at } = this.#reader.next;
    while (this.#reader.takeKeyword(word)) items.push(item());
    return items.length === 1 ? items[0] : { kind: word, items, at };
  }

  #not(): Syntax {
    const { at } = this.#reader.next;
    if (!this.#reader.takeKeyword('not')) return this.#condition();
    return this.#nested(() => ({ kind: 'not', operand: this.#not(), at }));
  }

  #condition(): Syntax {
    const reader = this.#reader;
    const operand = this.#sum();
    const { at } = reader.next;
    const comparison = this.#comparison();
    if (comparison !== undefined) {
      const compare: Syntax = { kind: 'compare', operator: comparison, left: operand, right: this.#sum(), at };
      const again = reader.next;
      if (this.#comparison() === undefined) return compare;
      throw expressionError(reader.text, again.at, 'a comparison can only be continued with `and` or `or`');
    }
    if (reader.takeKeyword('is')) {
      const negated = reader.takeKeyword('not');
      if (!reader.takeKeyword('null')) reader.fail(negated ? '`null`' : '`null` or `not null`');
      return { kind: 'isNull', operand, negated, at };
    }
    const negated = reader.takeKeyword('not');
    if (reader.takeKeyword('in')) return { kind: 'in', operand, items: this.#items(), negated, at };
    if (reader.takeKeyword('like')) return this.#like(operand, negated, at);
    if (reader.takeKeyword('between')) {
      const low = this.#sum();
      if (!reader.takeKeyword('and')) reader.fail('`and`, with the upper bound of `between`,');
      return { kind: 'between', operand, low, high: this.#sum(), negated, at };
    }
    if (negated) reader.fail('`in`, `like` or `between`');
    return operand;
  }

  #comparison(): CompareOperator | undefined {
    const { next } = this.#reader;
    const operator = next.kind === 'sign' ? COMPARISONS[next.sign] : undefined;
    if (operator !== undefined) this.#reader.take();
    return operator;
  }

  #items(): Syntax[] {
    const items: Syntax[] = [];
    this.#reader.needSign('(', 'a list in parentheses');
    do items.push(this.#sum());
    while (this.#reader.takeSign(','));
    this.#reader.needSign(')', ', or )');
    return items;
  }

  #like(operand: Syntax, negated: boolean, at: number): Syntax {
    const patternAt = this.#reader.next.at;
    const pattern = this.#string("a 'pattern'");
    const escapeAt = this.#reader.afterNext.at;
    const escaping = this.#reader.takeKeyword('escape') ? this.#string("a 'character'") : undefined;
    if (escaping !== undefined && [...escaping].length !== 1) {
      throw expressionError(this.#reader.text, escapeAt, '`escape` takes one character');
    }
    return { kind: 'like', operand, pattern, escape: escaping, patternAt, negated, at };
  }

  #string(expected: string): string {
    const { next } = this.#reader;
    if (next.kind !== 'string') return this.#reader.fail(expected);
    this.#reader.take();
    return next.value;
  }

  #sum(): Syntax {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/', '%'], () => this.#signed()));
  }

  /** Operators of one rank, from left to right. */
  #chain(operators: readonly ArithmeticOperator[], item: () => Syntax): Syntax {
    let left = item();
    for (;;) {
      const { at } = this.#reader.next;
      const operator = operators.find((one) => this.#reader.takeSign(one));
      if (operator === undefined) return left;
      if (++this.#arithmetic > MAX_ARITHMETIC) {
        throw expressionError(this.#reader.text, at, `there are more than ${MAX_ARITHMETIC} arithmetic operators`);
      }
      left = { kind: 'arithmetic', operator, left, right: item(), at };
    }
  }

  #signed(): Syntax {
    const reader = this.#reader;
    const { at } = reader.next;
    if (reader.takeSign('+')) return this.#nested(() => this.#signed());
    if (!reader.takeSign('-')) return this.#primary();
    return this.#nested(() => {
      const operand = this.#signed();
      const value = operand.kind === 'literal' ? operand.value : undefined;
      if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'literal', value: -value, at };
      return { kind: 'negative', operand, at };
    });
  }

  #primary(): Syntax {
    const reader = this.#reader;
    const { next } = reader;
    const { at } = next;
    const literal = (value: Literal): Syntax => {
      reader.take();
      return { kind: 'literal', value, at };
    };
    if (next.kind === 'string' || next.kind === 'number') return literal(next.value);
    if (next.kind === 'keyword') {
      if (next.word === 'null') return literal(null);
      if (next.word === 'true' || next.word === 'false') return literal(next.word === 'true');
    }
    if (next.kind === 'name') {
      const after = reader.afterNext;
      if (after.kind === 'sign' && after.sign === '(') {
        throw expressionError(reader.text, at, `there is no function ${next.text} in a condition`);
      }
      return { kind: 'path', path: reader.path('a name'), at };
    }
    if (!reader.takeSign('(')) return reader.fail('a field, a number or a text');
    return this.#nested(() => {
      const inner = this.or();
      reader.needSign(')');
      return inner;
    });
  }

  #nested(read: () => Syntax): Syntax {
    if (++this.#depth > MAX_DEPTH) {
      const { text, next } = this.#reader;
      throw expressionError(text, next.at, `the expression is nested more than ${MAX_DEPTH} levels deep`);
    }
    const syntax = read();
    this.#depth--;
    return syntax;
  }
}
