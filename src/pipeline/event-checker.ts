import type { Decoder } from '../codecs/codec.js';
import type { EventProblem } from '../endpoints/http/event-intake.js';
import type { Reject } from '../records/batch.js';
import { fitRow } from '../records/fit-row.js';
import { isRow } from '../records/fit-value.js';
import { JsonError, parseJson } from '../records/json-text.js';
import type { RecordSchema } from '../records/schema.js';
import type { Value } from '../records/value.js';

/** Of more that are wrong with a request the rest is not told. */
export const MOST_PROBLEMS = 10;

/** Tells whether all events of a request fit their schema, before any of them is taken. */
export class EventChecker {
  readonly #schema: RecordSchema;
  readonly #decoder: Decoder;

  /** @param decoder one that starts over, and reads no column */
  constructor(schema: RecordSchema, decoder: Decoder) {
    this.#schema = schema;
    this.#decoder = decoder;
  }

  /** How many events there are, or why some are none. */
  check(lines: Uint8Array): number | EventProblem[] {
    const decoder = this.#decoder;
    decoder.space(lines.length).set(lines);
    decoder.filled(lines.length);
    decoder.end();
    const rejects: Reject[] = [];
    let events = 0;
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
      events += batch.length;
      for (const reject of batch.rejects ?? []) if (rejects.length < MOST_PROBLEMS) rejects.push(reject);
    }
    decoder.restart?.('');
    if (rejects.length === 0) return events === 0 ? emptiness(lines) : events;
    return this.#problems(lines, rejects);
  }

  close(): void {
    this.#decoder.close?.();
  }

  #problems(lines: Uint8Array, rejects: readonly Reject[]): EventProblem[] {
    const texts = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString().trimEnd().split('\n');
    const places = new Map<number, number[]>();
    return rejects.map(({ ordinal, reason }) => {
      const text = texts[ordinal - 1] ?? '';
      const left = places.get(ordinal) ?? this.#unfit(text);
      places.set(ordinal, left);
      const event = left.shift();
      return {
        ...(texts.length === 1 ? {} : { line: ordinal }),
        ...(event === undefined ? {} : { event }),
        reason: withoutHint(reason),
      };
    });
  }

  /** Which of an array's elements do not fit, from 1; none of what is no array. */
  #unfit(text: string): number[] {
    let value: Value;
    try {
      value = parseJson(text);
    } catch (error) {
      if (error instanceof JsonError) return [];
      throw error;
    }
    if (!Array.isArray(value)) return [];
    return value.flatMap((element, at) =>
      isRow(element) && fitRow(this.#schema, element).problem === undefined ? [] : [at + 1],
    );
  }
}

/** `[]` holds no event, and nothing wrong; a blank body has been forgotten. */
function emptiness(lines: Uint8Array): number | EventProblem[] {
  return lines.includes('['.charCodeAt(0)) ? 0 : [{ reason: 'the body is empty: an event is expected' }];
}

/** What to do with arrays over several lines is for files. */
function withoutHint(reason: string): string {
  return reason.replace(/; of an array over several lines .*$/, '');
}
