import { looksLikeAvro } from '../../codecs/avro/value-header.js';
import { readHeaders } from '../../endpoints/kafka/records/read-headers.js';
import type { RecordHeader } from '../../records/batch.js';
import type { AvroTexts } from './avro-texts.js';
import { deadLetterOf, mayBeDeadLetter, streamed } from './dead-letter.js';
import type { PlacedRecords } from './placed-records.js';
import { jsonOf, lineOf, textOrBase64 } from './value-text.js';

/** How records are shown. */
export type TailForm = 'text' | 'json' | 'raw';

const LINE_FEED = 10;
const SPACE = 32;
/** `topic:partition:offset key value`: a key that is null, and a value that is. */
const NO_KEY = Buffer.from('-');
const NO_VALUE = Buffer.from('null');
const LONGEST_NUMBER = 20;

/** Lays records out as bytes to print: plain ones are copied, with no object made of them. */
export class RecordWriter {
  readonly #form: TailForm;
  readonly #avro: AvroTexts;
  #bytes = Buffer.alloc(64 * 1024);
  #length = 0;

  constructor(form: TailForm, avro: AvroTexts) {
    this.#form = form;
    this.#avro = avro;
  }

  /** Adds the records from one row up to another. */
  add(records: PlacedRecords, from: number, to: number): void {
    if (this.#form === 'text') this.#addLines(records, from, to);
    else for (let row = from; row < to; row++) this.#addRow(records, row);
  }

  /** What was added since the last call; the caller's. */
  take(): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length);
    this.#length = 0;
    return taken;
  }

  #addLines({ topic, partition, split }: PlacedRecords, from: number, to: number): void {
    const { buffer, keyStarts, keyEnds, starts, ends, offset } = split;
    const prefix = Buffer.from(`${topic}:${partition}:`);
    for (let row = from; row < to; row++) {
      this.#copy(prefix, 0, prefix.length);
      this.#room(LONGEST_NUMBER);
      this.#length += this.#bytes.write(String(offset(row)), this.#length, 'latin1');
      this.#byte(SPACE);
      const keyStart = keyStarts[row] ?? -1;
      if (keyStart < 0) this.#copy(NO_KEY, 0, NO_KEY.length);
      else this.#show(buffer, keyStart, keyEnds[row] ?? 0);
      this.#byte(SPACE);
      const start = starts[row] ?? -1;
      if (start < 0) this.#copy(NO_VALUE, 0, NO_VALUE.length);
      else this.#showValue(buffer, start, ends[row] ?? 0);
      this.#byte(LINE_FEED);
    }
  }

  #showValue(buffer: Uint8Array, start: number, end: number): void {
    const letter = mayBeDeadLetter(buffer, start) ? deadLetterOf(buffer.subarray(start, end)) : undefined;
    if (letter !== undefined) {
      const raw = lineOf(this.#plain(letter.raw));
      this.#text(lineOf(Buffer.from(`${letter.place}: ${letter.reason}: ${raw}`)));
    } else if (looksLikeAvro(buffer, start, end)) {
      this.#text(lineOf(this.#plain(buffer.subarray(start, end))));
    } else {
      this.#show(buffer, start, end);
    }
  }

  /** A value of Avro as JSON; others as they are. */
  #plain(value: Uint8Array): Uint8Array {
    const json = this.#avro.jsonOf(value);
    return json === undefined ? value : Buffer.from(json);
  }

  #show(buffer: Uint8Array, start: number, end: number): void {
    if (isPlain(buffer, start, end)) this.#copy(buffer, start, end);
    else this.#text(lineOf(buffer.subarray(start, end)));
  }

  #addRow(records: PlacedRecords, row: number): void {
    const { buffer, starts, ends } = records.split;
    const start = starts[row] ?? -1;
    const value = start < 0 ? undefined : buffer.subarray(start, ends[row]);
    if (this.#form === 'json') {
      this.#text(jsonLine(records, row, value && this.#plain(value)));
    } else if (value !== undefined) {
      const bytes = streamed(this.#plain(deadLetterOf(value)?.raw ?? value));
      this.#copy(bytes, 0, bytes.length);
    }
  }

  #text(text: string): void {
    this.#room(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    this.#room(end - start);
    this.#bytes.set(from.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = byte;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#length + bytes, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** All there is of a record; its value as JSON where it is JSON. */
function jsonLine(records: PlacedRecords, row: number, value: Uint8Array | undefined): string {
  const { topic, partition, split } = records;
  const keyStart = split.keyStarts[row] ?? -1;
  const key = keyStart < 0 ? 'null' : textOrBase64(split.buffer.subarray(keyStart, split.keyEnds[row]));
  const shown = value === undefined ? 'null' : (jsonOf(value) ?? textOrBase64(value));
  const fields = [
    `"topic":${JSON.stringify(topic)}`,
    `"partition":${partition}`,
    `"offset":${split.offset(row)}`,
    `"timestamp":${split.times[row] ?? 0}`,
    `"key":${key}`,
    `"value":${shown}`,
    `"headers":${headersJson(readHeaders(split.buffer, split.headerStarts[row] ?? 0))}`,
  ];
  return `{${fields.join(',')}}\n`;
}

/** An object; a name that comes several times has an array of all its values. */
function headersJson(headers: readonly RecordHeader[]): string {
  const byName = new Map<string, string[]>();
  for (const { name, value } of headers) {
    const shown = value === undefined ? 'null' : textOrBase64(value);
    byName.set(name, [...(byName.get(name) ?? []), shown]);
  }
  const fields = [...byName].map(([name, [first = '', ...more]]) => {
    return `${JSON.stringify(name)}:${more.length === 0 ? first : `[${[first, ...more].join(',')}]`}`;
  });
  return `{${fields.join(',')}}`;
}

/** Whether it can be shown as it is: ASCII that moves no cursor. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] < 0x20 || bytes[at] > 0x7e) return false;
  return true;
}
