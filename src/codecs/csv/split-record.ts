import { CARRIAGE_RETURN, type Dialect, LINE_FEED, NUL, QUOTE } from './dialect.js';

/** A cell without its quotes and escapes. */
export interface Cell {
  readonly bytes: Buffer;
  /** An empty cell in quotes is a text; without, it is no value. */
  readonly quoted: boolean;
  /** Whether NUL stands in it outside of quotes, and not as an escape. */
  readonly hasBareNul: boolean;
}

export interface SplitRecord {
  readonly cells: readonly Cell[];
  /** Just behind the record's line break, or where the bytes end. */
  readonly end: number;
  readonly problem?: undefined;
}

export interface SplitProblem {
  /** A sentence without a full stop. */
  readonly problem: string;
  /** Whether more bytes could still make it a record. */
  readonly isOpen: boolean;
}

/**
 * Splits the record at the front of `bytes` into its cells, for what is done once a file: its header, and why a record
 * was refused. The kernel (kernel/assembly/csv.ts) splits all others, by the same rules: a quote at the front of a
 * cell opens it, one further on is a character; what follows the closing quote is a separator or a line break.
 */
export function splitRecord(bytes: Buffer, dialect: Dialect): SplitRecord | SplitProblem {
  return dialect.mark === QUOTE ? splitQuoted(bytes, dialect.separator) : splitEscaped(bytes, dialect.separator);
}

/** Splits at runs of spaces and tabs. */
export function splitSpaced(line: Buffer): Cell[] {
  const words = line.toString('latin1').match(/[^ \t\r\n]+/g) ?? [];
  return words.map((word) => bare(Buffer.from(word, 'latin1')));
}

function splitQuoted(bytes: Buffer, separator: number): SplitRecord | SplitProblem {
  const cells: Cell[] = [];
  const lineEnd = findLineEnd(bytes, 0);
  let at = 0;
  for (;;) {
    let end: number;
    if (bytes[at] === QUOTE) {
      const close = closingQuote(bytes, at + 1);
      const problem = `the quote that opens cell ${cells.length + 1} has no matching one at the end of a cell`;
      if (close < 0) return { problem, isOpen: true };
      end = close + 1;
      if (bytes[end] !== separator && !isLineEnd(bytes, end)) return { problem, isOpen: false };
      cells.push({ bytes: undoubled(bytes.subarray(at + 1, close)), quoted: true, hasBareNul: false });
    } else {
      const line = at <= lineEnd.start ? lineEnd : findLineEnd(bytes, at);
      const next = bytes.indexOf(separator, at);
      end = next < 0 || next > line.start ? line.start : next;
      cells.push(bare(bytes.subarray(at, end)));
    }
    if (bytes[end] !== separator) return { cells, end: findLineEnd(bytes, end).end };
    at = end + 1;
  }
}

function splitEscaped(bytes: Buffer, separator: number): SplitRecord {
  const { start, end } = findLineEnd(bytes, 0);
  const cells: Cell[] = [];
  for (let at = 0; at <= start; ) {
    const next = bytes.indexOf(separator, at);
    const to = next < 0 || next > start ? start : next;
    const cell = bare(bytes.subarray(at, to));
    cells.push({ ...cell, bytes: unescaped(cell.bytes) });
    at = to + 1;
  }
  return { cells, end };
}

function bare(bytes: Buffer): Cell {
  return { bytes, quoted: false, hasBareNul: bytes.includes(NUL) };
}

/** Where the line at `from` ends, before and behind its line break. */
function findLineEnd(bytes: Buffer, from: number): { start: number; end: number } {
  const feed = bytes.indexOf(LINE_FEED, from);
  const end = feed < 0 ? bytes.length : feed + 1;
  const last = feed < 0 ? bytes.length : feed;
  // The raw bytes of a refused record come without their line feed, but with a carriage return.
  return { start: last > from && bytes[last - 1] === CARRIAGE_RETURN ? last - 1 : last, end };
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  const next = bytes[at] === CARRIAGE_RETURN ? at + 1 : at;
  return next === bytes.length || bytes[next] === LINE_FEED;
}

function closingQuote(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(QUOTE, from);
  while (at >= 0 && bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2);
  return at;
}

function undoubled(cell: Buffer): Buffer {
  return cell.includes(QUOTE) ? Buffer.from(cell.toString('latin1').replaceAll('""', '"'), 'latin1') : cell;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '\\': '\\', 0: '\0' };

function unescaped(cell: Buffer): Buffer {
  if (!cell.includes('\\')) return cell;
  const text = cell.toString('latin1').replace(/\\([tnr0\\])/g, (_, mark: string) => ESCAPES[mark] ?? '');
  return Buffer.from(text, 'latin1');
}
