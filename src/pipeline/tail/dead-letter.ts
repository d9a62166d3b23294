import { looksLikeMsgpack, parsed } from './value-text.js';

/** A dead letter that stands in a topic (schemas/dead_letter.avsc). */
export interface KeptLetter {
  readonly reason: string;
  /** Where it came from, as `source:line` or `source:position`. */
  readonly place: string;
  /** The original bytes. */
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
  const { reason, source, raw, rawEncoding, ...place }: Readonly<Record<string, unknown>> = { ...letter };
  if (typeof reason !== 'string' || typeof source !== 'string' || typeof raw !== 'string') return undefined;
  const number = [place.line, place.offset, place.position, place.record].find((one) => typeof one === 'number');
  return {
    reason,
    place: number === undefined ? source : `${source}:${number}`,
    raw: Buffer.from(raw, rawEncoding === 'base64' ? 'base64' : 'utf8'),
  };
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
