import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../src/expressions/parser.js';
import type { Syntax } from '../../src/expressions/syntax.js';
import { UsageError } from '../../src/records/errors.js';

/** An expression with every part in parentheses, to show what belongs to what. */
function shape(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'literal':
      return typeof syntax.value === 'string' ? `'${syntax.value}'` : String(syntax.value);
    case 'path':
      return syntax.path;
    case 'negative':
      return `(-${shape(syntax.operand)})`;
    case 'arithmetic':
    case 'compare':
      return `(${shape(syntax.left)} ${syntax.operator} ${shape(syntax.right)})`;
    case 'and':
    case 'or':
      return `(${syntax.items.map(shape).join(` ${syntax.kind} `)})`;
    case 'not':
      return `(not ${shape(syntax.operand)})`;
    case 'in':
      return `(${shape(syntax.operand)}${syntax.negated ? ' not' : ''} in ${syntax.items.map(shape).join(' ')})`;
    case 'like':
      return `(${shape(syntax.operand)}${syntax.negated ? ' not' : ''} like '${syntax.pattern}'${syntax.escape ?? ''})`;
    case 'between':
      return `(${shape(syntax.operand)}${syntax.negated ? ' not' : ''} between ${shape(syntax.low)} ${shape(syntax.high)})`;
    case 'isNull':
      return `(${shape(syntax.operand)} is${syntax.negated ? ' not' : ''} null)`;
  }
}

function problem(text: string): string {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return expect.fail(`${text} was parsed`);
}

describe('the syntax of expressions', () => {
  test.each([
    ['a = 1', '(a = 1)'],
    ['a == 1', '(a = 1)'],
    ['a != 1 and b <> 2', '((a <> 1) and (b <> 2))'],
    ['a<1 or b<=2 or c>3 or d>=4', '((a < 1) or (b <= 2) or (c > 3) or (d >= 4))'],
    ['a or b and not c = d', '(a or (b and (not (c = d))))'],
    ['not not a', '(not (not a))'],
    ['(a or b) and c', '((a or b) and c)'],
    ['a + b * c - d / e % f = -g', '(((a + (b * c)) - ((d / e) % f)) = (-g))'],
    ['a - b - c > 0', '(((a - b) - c) > 0)'],
    ['a = - 5 or a = +5 or a = --5', '((a = -5) or (a = 5) or (a = 5))'],
    ['-(a + 1) * 2 < 0', '(((-(a + 1)) * 2) < 0)'],
    ["a in (1, 2.5, 'x', null)", "(a in 1 2.5 'x' null)"],
    ['a not in (b + 1)', '(a not in (b + 1))'],
    ["a like 'x%' and b not like '!_%' escape '!'", "((a like 'x%') and (b not like '!_%'!))"],
    ['a between 1 and 2 and b not between c and d', '((a between 1 2) and (b not between c d))'],
    ['a is null or b is not null', '((a is null) or (b is not null))'],
    ['A AND nOt B IS NULL', '(A and (not (B is null)))'],
    ['stat.cpu_all.user > 5', '(stat.cpu_all.user > 5)'],
    ['"is" = 1 and `a "b"` = 2 and "x""y" = 3', '((is = 1) and (a "b" = 2) and (x"y = 3))'],
    ['stat."in".user = a.null', '(stat.in.user = a.null)'],
    ["a = 'it''s' and b = ''", "((a = 'it's') and (b = ''))"],
    ['a = 1e3 or a = .5 or a = 2. or a = 1.5E-2', '((a = 1000) or (a = 0.5) or (a = 2) or (a = 0.015))'],
    ['a = 9007199254740993 or a = -9223372036854775808', '((a = 9007199254740993) or (a = -9223372036854775808))'],
    ['true and a = false', '(true and (a = false))'],
    [' größe_1 =\n\t1 ', '(größe_1 = 1)'],
  ])('%s', (text, expected) => {
    expect(shape(parseExpression(text))).toBe(expected);
  });

  test('errors show the expression with a caret under the place', () => {
    expect(problem('subs > and b = 2')).toBe(
      'a field, a number or a text is expected before and\n  subs > and b = 2\n         ^',
    );
    expect(problem("name = 'x")).toBe("the quote ' is not closed\n  name = 'x\n         ^");
  });

  test('a long expression is cut around the caret', () => {
    const message = problem(`${'a = 1 and '.repeat(50)}b ? 2${' and c = 3'.repeat(50)}`);
    const [, shown, caret] = message.split('\n');
    expect(shown.length).toBeLessThanOrEqual(102);
    expect(shown[caret.indexOf('^')]).toBe('?');
    expect(shown).toMatch(/^ {2}….*…$/);
  });

  test.each([
    ['', 'a field, a number or a text is expected at the end'],
    ['a =', 'a field, a number or a text is expected at the end'],
    ['a = 1 b', 'the end, `and` or `or` is expected before b'],
    ['a < b < c', 'a comparison can only be continued with `and` or `or`'],
    ['(a = 1', ') is expected at the end'],
    ['a is 5', '`null` or `not null` is expected before 5'],
    ['a is not 5', '`null` is expected before 5'],
    ['a not = 5', '`in`, `like` or `between` is expected before ='],
    ['a in 5', 'a list in parentheses is expected before 5'],
    ['a in ()', 'a field, a number or a text is expected before )'],
    ['a in (1 2)', ', or ) is expected before 2'],
    ['a like b', "a 'pattern' is expected before b"],
    ["a like 'b' escape 'xy'", '`escape` takes one character'],
    ['a between 1', '`and`, with the upper bound of `between`, is expected at the end'],
    ['a && b', '&& is written `and` here'],
    ['a || b', '|| is written `or` here'],
    ['!a', '! is written `not` here'],
    ['a = 12abc', 'the number 12 must be followed by a space'],
    ['a = 1e400', 'the number 1e400 is too large'],
    ['a = #', '# has no meaning here'],
    ['a.  = 1', 'a name is expected before ='],
    ['count(a) > 1', 'there is no function count in a condition'],
    ['"" = 1', 'a name is missing between the quotes'],
    ['is = 1', 'a field, a number or a text is expected before is'],
  ])('%s is refused', (text, expected) => {
    expect(problem(text).split('\n')[0]).toBe(expected);
  });

  test('a keyword in a wrong place brings the hint to quote it', () => {
    try {
      parseExpression('in = 1');
      expect.fail();
    } catch (error) {
      expect(error).toMatchObject({ status: 2, next: 'A field named in is written in double quotes: "in".' });
    }
  });

  test('depth is bounded', () => {
    expect(problem(`${'('.repeat(10_000)}a${')'.repeat(10_000)}`)).toMatch(/nested more than 200 levels/);
    expect(problem(`${'not '.repeat(10_000)}a`)).toMatch(/nested more than 200 levels/);
    expect(problem(`a = ${'-'.repeat(10_000)}a`)).toMatch(/nested more than 200 levels/);
    expect(problem(`a = 1${' + 1'.repeat(10_000)}`)).toMatch(/more than 1000 arithmetic operators/);
    expect(parseExpression(`a = 1${' or a = 1'.repeat(10_000)}`).kind).toBe('or');
  });

  test('any text is parsed or refused with a sentence, and nothing else happens', () => {
    const word = fc.constantFrom(
      ..."a b.c ( ) , 'x' \" ` and or not in like is null between = < - + * 1 1.5e3 . ?".split(' '),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word).map((words) => words.join(' ')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            parseExpression(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        },
      ),
    );
  });
});
