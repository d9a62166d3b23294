import type { ByteWriter } from '../byte-writer.js';
import { BACKSLASH, CARRIAGE_RETURN, type Dialect, LINE_FEED, NUL, QUOTE, TAB } from './dialect.js';

const SPACE = 32;
const ESCAPES: Readonly<Record<number, number>> = {
  [TAB]: 116,
  [LINE_FEED]: 110,
  [CARRIAGE_RETURN]: 114,
  [BACKSLASH]: 92,
  [NUL]: 48,
};

/** Writes UTF-8 text as a cell that reads back as the same text. */
export function writeText(out: ByteWriter, text: Uint8Array, dialect: Dialect): void {
  if (dialect.mark === BACKSLASH) writeEscaped(out, text);
  else if (needsQuotes(text, dialect.separator)) writeQuoted(out, text);
  else out.copy(text, 0, text.length);
}

/** Outer spaces are kept by RFC 4180, but not by every reader; NUL outside of quotes tells a file that is no text. */
function needsQuotes(text: Uint8Array, separator: number): boolean {
  const { length } = text;
  if (length === 0 || text[0] === SPACE || text[length - 1] === SPACE) return true;
  for (let at = 0; at < length; at++) {
    const byte = text[at];
    if (byte === separator || byte === QUOTE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === NUL)
      return true;
  }
  return false;
}

function writeQuoted(out: ByteWriter, text: Uint8Array): void {
  out.room(text.length * 2 + 2);
  const { bytes } = out;
  let { at } = out;
  bytes[at++] = QUOTE;
  for (let from = 0; from < text.length; from++) {
    const byte = text[from];
    if (byte === QUOTE) bytes[at++] = QUOTE;
    bytes[at++] = byte;
  }
  bytes[at++] = QUOTE;
  out.at = at;
}

function writeEscaped(out: ByteWriter, text: Uint8Array): void {
  out.room(text.length * 2);
  const { bytes } = out;
  let { at } = out;
  for (let from = 0; from < text.length; from++) {
    const byte = text[from];
    const mark = ESCAPES[byte];
    if (mark !== undefined) bytes[at++] = BACKSLASH;
    bytes[at++] = mark ?? byte;
  }
  out.at = at;
}
