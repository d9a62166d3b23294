import type { RecordHeader } from '../../records/batch.js';
import { looksLikeMsgpack, parsed } from './value-text.js';

/** A dead letter that stands in a topic (schemas/dead_letter.avsc). */
export interface KeptLetter {
  readonly reason: string;
  /** Where it came from, as `source:line` or `source:position`. */
  readonly place: string;
  /** What a topic's record was: its key, where it had one, its headers and its bytes. */
  readonly key: Uint8Array | undefined;
  readonly headers: readonly RecordHeader[];
  readonly raw: Uint8Array;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BRACE = 0x7b;
const LETTER_R = 0x72;

/** Whether a value may be a dead letter: `{"reason": …`. */
export function mayBeDeadLetter(buffer: Uint8Array, start: number): boolean {
  return buffer[start] === BRACE && buffer[start + 2] === LETTER_R;
}

/** The dead letter that a value is; undefined for any other record. */
export function deadLetterOf(value: Uint8Array): KeptLetter | undefined {
  if (value[0] !== BRACE || !Buffer.from(value.buffer, value.byteOffset, value.length).includes('"reason"')) {
    return undefined;
  }
  const letter = parsed(value);
  if (typeof letter !== 'object' || letter === null) return undefined;
  const { reason, source, headers, ...place }: Fields = { ...letter };
  const raw = bytesOf(place, 'raw');
  if (typeof reason !== 'string' || typeof source !== 'string' || raw === undefined) return undefined;
  const number = [place.line, place.offset, place.position, place.record].find((one) => typeof one === 'number');
  return {
    reason,
    place: number === undefined ? source : `${source}:${number}`,
    key: bytesOf(place, 'key'),
    headers: Array.isArray(headers) ? headers.flatMap(headerOf) : [],
    raw,
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Bytes that stand as text, or as base64 where another field says so. */
function bytesOf(fields: Fields, name: string): Uint8Array | undefined {
  const text = fields[name];
  if (typeof text !== 'string') return undefined;
  return Buffer.from(text, fields[`${name}Encoding`] === 'base64' ? 'base64' : 'utf8');
}

function headerOf(header: unknown): RecordHeader[] {
  if (typeof header !== 'object' || header === null) return [];
  const fields: Fields = { ...header };
  return typeof fields.name === 'string' ? [{ name: fields.name, value: bytesOf(fields, 'value') }] : [];
}

/** A value's own bytes as part of a stream: lines, in which a line feed of JSON is a carriage return, or MessagePack. */
export function streamed(value: Uint8Array): Uint8Array {
  if (looksLikeMsgpack(value)) return value;
  const line = Buffer.alloc(value.length + 1, LINE_FEED);
  line.set(value);
  for (let at = line.indexOf(LINE_FEED); at < value.length; at = line.indexOf(LINE_FEED, at))
    line[at] = CARRIAGE_RETURN;
  return line;
}
