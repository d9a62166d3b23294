import { isUtf8 } from 'node:buffer';
import { readItem } from '../../codecs/msgpack/read-item.js';
import { jsonText } from '../../records/json-text.js';

/** Maps and arrays of MessagePack: a text never begins so. */
const FIRST_ITEM = 0x80;
const LAST_ITEM = 0x9f;
const WIDE_ITEMS = [0xdc, 0xdd, 0xde, 0xdf];

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
/** What JSON allows between its parts, and a line does not. */
const BREAKS = /[\r\n\t]/g;

/** Bytes as one line of text for people: JSON as it is, MessagePack as JSON, anything else with escapes. */
export function lineOf(bytes: Uint8Array): string {
  if (isUtf8(bytes)) {
    const text = textOf(bytes);
    // Most texts are shown as they are, whatever they say.
    return text.search(CONTROLS) < 0 ? text : (jsonOf(bytes) ?? text).replace(CONTROLS, escaped);
  }
  return jsonOf(bytes)?.replace(CONTROLS, escaped) ?? Array.from(bytes, escapedByte).join('');
}

/** Bytes that are JSON as they are, on one line, and MessagePack as JSON; undefined for any other. */
export function jsonOf(bytes: Uint8Array): string | undefined {
  if (looksLikeMsgpack(bytes)) {
    const value = readItem(bytes);
    return value === undefined ? undefined : jsonText(value);
  }
  if (!isUtf8(bytes) || parsed(bytes) === undefined) return undefined;
  return textOf(bytes).replace(BREAKS, ' ').trim();
}

/** The value of a JSON text; undefined where there is none. */
export function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}

/** As a JSON string; bytes that are no text as {"base64": …}. */
export function textOrBase64(bytes: Uint8Array): string {
  return isUtf8(bytes) ? JSON.stringify(textOf(bytes)) : `{"base64":"${Buffer.from(bytes).toString('base64')}"}`;
}

export function looksLikeMsgpack(bytes: Uint8Array): boolean {
  const [first = 0] = bytes;
  return (first >= FIRST_ITEM && first <= LAST_ITEM) || WIDE_ITEMS.includes(first);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

/** A control character as JSON escapes it. */
function escaped(character: string): string {
  return JSON.stringify(character).slice(1, -1).replace(CONTROLS, hexEscape);
}

function hexEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function escapedByte(byte: number): string {
  if (byte === 0x5c) return '\\\\';
  return byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}
