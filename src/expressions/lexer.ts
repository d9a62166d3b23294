import { expressionError } from './expression-error.js';

/** Words that have a meaning of their own; as a field's name they are written in quotes. */
const KEYWORDS = ['and', 'or', 'not', 'in', 'like', 'escape', 'between', 'is', 'null', 'true', 'false', 'as'] as const;
export type Keyword = (typeof KEYWORDS)[number];

const SYMBOLS = ['==', '!=', '<>', '<=', '>=', '=', '<', '>', '+', '-', '*', '/', '%', '(', ')', ',', '.'] as const;
export type Sign = (typeof SYMBOLS)[number];

interface Place {
  /** Where it is in the text, in UTF-16 units: [at, end). */
  readonly at: number;
  readonly end: number;
}

export type Token = Place &
  (
    | { readonly kind: 'keyword'; readonly word: Keyword; readonly text: string }
    | { readonly kind: 'name'; readonly text: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number | bigint }
    | { readonly kind: 'sign'; readonly sign: Sign }
    | { readonly kind: 'end' }
  );

const SPACE = /\s+/y;
const NAME = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/y;
/** Other languages' operators, and what to write in their place. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
];

/**
 * Splits an expression into tokens; the last is 'end'.
 * @throws UsageError at a character that begins none
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    if (at >= text.length) {
      tokens.push({ kind: 'end', at, end: at });
      return tokens;
    }
    const token = quotedToken(text, at) ?? plainToken(text, at, match);
    tokens.push(token);
    at = token.end;
  }
}

function plainToken(text: string, at: number, match: (pattern: RegExp) => string | undefined): Token {
  const name = match(NAME);
  if (name !== undefined) {
    const end = at + name.length;
    const word = KEYWORDS.find((keyword) => keyword === name.toLowerCase());
    return word === undefined ? { kind: 'name', text: name, at, end } : { kind: 'keyword', word, text: name, at, end };
  }
  const digits = match(NUMBER);
  if (digits !== undefined) return numberToken(text, at, digits);
  const sign = SYMBOLS.find((symbol) => text.startsWith(symbol, at));
  if (sign !== undefined) return { kind: 'sign', sign, at, end: at + sign.length };
  const foreign = FOREIGN.find(([theirs]) => text.startsWith(theirs, at));
  if (foreign !== undefined) throw expressionError(text, at, `${foreign[0]} is written \`${foreign[1]}\` here`);
  throw expressionError(text, at, `${String.fromCodePoint(text.codePointAt(at) ?? 0)} has no meaning here`);
}

function numberToken(text: string, at: number, digits: string): Token {
  const end = at + digits.length;
  NAME.lastIndex = end;
  if (NAME.test(text)) throw expressionError(text, end, `the number ${digits} must be followed by a space`);
  const double = Number(digits);
  if (!Number.isFinite(double)) throw expressionError(text, at, `the number ${digits} is too large`);
  const exact = /^[0-9]+$/.test(digits) && !Number.isSafeInteger(double);
  return { kind: 'number', value: exact ? BigInt(digits) : double, at, end };
}

/** 'text', "name" or `name`, in which a doubled quote stands for one. */
function quotedToken(text: string, at: number): Token | undefined {
  const quote = text[at];
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined;
  let value = '';
  for (let from = at + 1; ; ) {
    const to = text.indexOf(quote, from);
    if (to < 0) throw expressionError(text, at, `the quote ${quote} is not closed`);
    value += text.slice(from, to);
    if (text[to + 1] !== quote) {
      const place = { at, end: to + 1 };
      if (quote === "'") return { kind: 'string', value, ...place };
      if (value === '') throw expressionError(text, at, 'a name is missing between the quotes');
      return { kind: 'name', text: value, ...place };
    }
    value += quote;
    from = to + 2;
  }
}
