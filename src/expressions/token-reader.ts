import { expressionError } from './expression-error.js';
import { type Keyword, type Sign, type Token, tokensOf } from './lexer.js';

/** The tokens of an expression, read one after the other. */
export class TokenReader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokensOf(text);
  }

  /** The next token, which is not taken yet. */
  get next(): Token {
    return this.#tokens[this.#next];
  }

  /** The one behind the next. */
  get afterNext(): Token {
    return this.#tokens[Math.min(this.#next + 1, this.#tokens.length - 1)];
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  atSign(sign: Sign): boolean {
    return this.next.kind === 'sign' && this.next.sign === sign;
  }

  atKeyword(word: Keyword): boolean {
    return this.next.kind === 'keyword' && this.next.word === word;
  }

  /** Takes the next token if it is this sign. */
  takeSign(sign: Sign): boolean {
    const there = this.atSign(sign);
    if (there) this.#next++;
    return there;
  }

  takeKeyword(word: Keyword): boolean {
    const there = this.atKeyword(word);
    if (there) this.#next++;
    return there;
  }

  needSign(sign: Sign, expected = sign as string): void {
    if (!this.takeSign(sign)) this.fail(expected);
  }

  /** One or more names with dots between them, as one path. The first is next. */
  path(expected: string): string {
    const parts: string[] = [];
    do {
      const token = this.next;
      // Behind a dot a keyword can only be a name.
      const isName = token.kind === 'name' || (token.kind === 'keyword' && parts.length > 0);
      if (!isName) this.fail(expected);
      else parts.push(token.text);
      this.take();
    } while (this.takeSign('.'));
    return parts.join('.');
  }

  /** @param expected what should have stood at the next token, as `a field` */
  fail(expected: string): never {
    const { next } = this;
    throw expressionError(this.text, next.at, `${expected} is expected ${whereOf(next)}`, hintOf(next));
  }
}

function whereOf(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'at the end';
    case 'keyword':
    case 'name':
      return `before ${token.text}`;
    case 'string':
      return `before '${token.value}'`;
    case 'number':
      return `before ${token.value}`;
    case 'sign':
      return `before ${token.sign}`;
  }
}

function hintOf(token: Token): string | undefined {
  return token.kind === 'keyword'
    ? `A field named ${token.text} is written in double quotes: "${token.text}".`
    : undefined;
}
