import { isUtf8 } from 'node:buffer';
import type { Value } from './value.js';

/** How deep arrays and objects may nest (RFC 8259, section 9, allows such a limit). */
export const JSON_MAX_DEPTH = 1000;

/** A text that RFC 8259 refuses. The message is a sentence without a full stop. It has no stack: many become dead letters. */
export class JsonError extends Error {
  /** @param position byte of the UTF-8 text, counted from 1 */
  constructor(
    what: string,
    readonly position: number,
  ) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`not JSON: ${what} at byte ${position}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'JsonError';
  }
}

/**
 * Reads one JSON text by RFC 8259, nothing less and nothing more: no comments, no byte-order mark, no NaN.
 * An integer that a double does not hold exactly is a bigint; of duplicate names the last counts. Lone surrogates
 * (RFC 8259 section 8.2 leaves them open) and numbers beyond a double are refused, since they would change in silence.
 * @throws JsonError
 */
export function parseJson(text: string | Uint8Array): Value {
  const bytes = typeof text === 'string' ? encode(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  if (!isUtf8(bytes)) throw new JsonError('invalid UTF-8', firstInvalid(bytes) + 1);
  return new JsonReader(bytes).document();
}

/**
 * Writes a value as JSON: a bigint as its digits, bytes as Avro's JSON encoding has them (a character a byte,
 * Avro 1.12 "JSON Encoding"), and the doubles that JSON has no number for as "NaN", "Infinity" and "-Infinity".
 */
export function jsonText(value: Value): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
      return `"${value}"`;
    case 'bigint':
    case 'boolean':
      return String(value);
  }
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('latin1'));
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${jsonText(one)}`)
    .join(',')}}`;
}

/** The same over lines, each level two blanks further in, as JSON.stringify() lays it out. */
export function jsonLines(value: Value, indent = ''): string {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return jsonText(value);
  const inner = `${indent}  `;
  const [open, parts, close] = Array.isArray(value)
    ? ['[', value.map((one) => jsonLines(one, inner)), ']']
    : ['{', Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${jsonLines(one, inner)}`), '}'];
  if (parts.length === 0) return `${open}${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

function encode(text: string): Buffer {
  const lone = /\p{Surrogate}/u.exec(text);
  if (lone !== null) {
    throw new JsonError('a lone surrogate', Buffer.byteLength(text.slice(0, lone.index)) + 1);
  }
  return Buffer.from(text, 'utf8');
}

/** Where the first sequence that is no UTF-8 begins. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0;
  let end = bytes.length;
  while (end - valid > 1) {
    const middle = (valid + end) >> 1;
    // A prefix may end inside of a character: up to 3 bytes less must then be valid.
    const good = [0, 1, 2, 3].some((less) => middle - less >= 0 && isUtf8(bytes.subarray(0, middle - less)));
    if (good) valid = middle;
    else end = middle;
  }
  while (valid > 0 && !isUtf8(bytes.subarray(0, valid))) valid--;
  return valid;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const LITERALS: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class JsonReader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  document(): Value {
    this.#space();
    if (this.#at === this.#bytes.length) this.#fail('there is no value');
    const value = this.#value();
    this.#space();
    if (this.#at < this.#bytes.length) this.#fail('something follows the value');
    return value;
  }

  #fail(what: string, at = this.#at): never {
    throw new JsonError(at >= this.#bytes.length ? `the text ends early, ${what}` : what, at + 1);
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #value(): Value {
    const byte = this.#bytes[this.#at];
    if (byte === QUOTE) return this.#string();
    if (byte === 0x7b || byte === 0x5b) {
      if (++this.#depth > JSON_MAX_DEPTH) this.#fail(`more than ${JSON_MAX_DEPTH} levels are nested`);
      const value = byte === 0x7b ? this.#object() : this.#array();
      this.#depth--;
      return value;
    }
    if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) return this.#number();
    for (const [word, value] of LITERALS) {
      if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) === word) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#fail('a value is missing');
  }

  #object(): Value {
    const object: { [name: string]: Value } = {};
    this.#at++;
    this.#space();
    if (this.#take(0x7d)) return object;
    for (;;) {
      if (this.#bytes[this.#at] !== QUOTE) this.#fail('a name in quotes is missing');
      const name = this.#string();
      this.#space();
      if (!this.#take(0x3a)) this.#fail('a colon is missing');
      this.#space();
      const value = this.#value();
      if (name === '__proto__') {
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      } else {
        object[name] = value;
      }
      this.#space();
      if (this.#take(0x7d)) return object;
      if (!this.#take(0x2c)) this.#fail('a comma or } is missing');
      this.#space();
    }
  }

  #array(): Value {
    const items: Value[] = [];
    this.#at++;
    this.#space();
    if (this.#take(0x5d)) return items;
    for (;;) {
      items.push(this.#value());
      this.#space();
      if (this.#take(0x5d)) return items;
      if (!this.#take(0x2c)) this.#fail('a comma or ] is missing');
      this.#space();
    }
  }

  #take(wanted: number): boolean {
    if (this.#bytes[this.#at] !== wanted) return false;
    this.#at++;
    return true;
  }

  #string(): string {
    let text = '';
    let start = ++this.#at;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) this.#fail('a string is not closed');
      if (byte < 0x20) this.#fail('a control character in a string');
      if (byte === QUOTE || byte === BACKSLASH) {
        text += this.#bytes.toString('utf8', start, this.#at++);
        if (byte === QUOTE) return text;
        text += this.#escape();
        start = this.#at;
      } else {
        this.#at++;
      }
    }
  }

  #escape(): string {
    const mark = String.fromCharCode(this.#bytes[this.#at] ?? 0);
    if (mark !== 'u') {
      const plain = ESCAPES[mark];
      if (plain === undefined) this.#fail('an unknown escape');
      this.#at++;
      return plain;
    }
    const start = this.#at - 1;
    const unit = this.#hex();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    const paired = unit < 0xdc00 && this.#bytes[this.#at] === BACKSLASH && this.#bytes[this.#at + 1] === 0x75;
    if (!paired) this.#fail('a lone surrogate', start);
    this.#at++;
    const low = this.#hex();
    if (low < 0xdc00 || low > 0xdfff) this.#fail('a lone surrogate', start);
    return String.fromCharCode(unit, low);
  }

  #hex(): number {
    const digits = this.#bytes.toString('latin1', this.#at + 1, this.#at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('\\u needs four hexadecimal digits');
    this.#at += 5;
    return Number.parseInt(digits, 16);
  }

  #number(): Value {
    const start = this.#at;
    while (isNumberByte(this.#bytes[this.#at])) this.#at++;
    const text = this.#bytes.toString('latin1', start, this.#at);
    if (!NUMBER.test(text)) this.#fail(`${text.slice(0, 40)} is not a number`, start);
    const double = Number(text);
    if (!Number.isFinite(double)) this.#fail(`the number ${text.slice(0, 40)} is too large`, start);
    if (Math.abs(double) <= Number.MAX_SAFE_INTEGER) return double;
    return exactInteger(text, double);
  }
}

function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
}

/**
 * A number beyond ±(2^53 − 1): a bigint where it is written as an integer, or is a long that the double misses
 * (9007199254740993.0); the double otherwise.
 */
function exactInteger(text: string, double: number): Value {
  if (/^-?[0-9]+$/.test(text)) return BigInt(text);
  if (Math.abs(double) > 2 ** 64) return double;
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length;
  const digits = whole + fraction;
  if (shift < 0 && /[1-9]/.test(digits.slice(shift))) return double;
  const exact = BigInt(shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(shift));
  return exact === BigInt(double) ? double : exact;
}
