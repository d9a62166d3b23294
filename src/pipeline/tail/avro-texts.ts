import { Cursor, Malformed } from '../../codecs/avro/cursor.js';
import { type ValueReader, valueReader } from '../../codecs/avro/read-value.js';
import { planAsWritten } from '../../codecs/avro/resolve.js';
import { looksLikeAvro, readValueHeader, schemaName, type ValueHeader } from '../../codecs/avro/value-header.js';
import { parseWireType } from '../../codecs/avro/wire-type.js';
import type { WriterSchemas } from '../../codecs/codec.js';
import type { SplitRecords } from '../../endpoints/kafka/records/record-splitter.js';
import { FreshetError } from '../../records/errors.js';
import { jsonText } from '../../records/json-text.js';
import { deadLetterOf, mayBeDeadLetter } from './dead-letter.js';

/** How many schemas are remembered: topics have a few. */
const MAX_READERS = 100;

/** Values of Avro as JSON, just as they were written: each with the schema that it names. */
export class AvroTexts {
  readonly #writers: WriterSchemas;
  readonly #show: (sentence: string) => void;
  /** By what names a schema; undefined: its values can't be read. */
  readonly #readers = new Map<ValueHeader['schema'], ValueReader | undefined>();
  readonly #cursor = new Cursor();

  /** @param show shows a sentence to the user: why values of a schema can't be read */
  constructor(writers: WriterSchemas, show: (sentence: string) => void) {
    this.#writers = writers;
    this.#show = show;
  }

  /** Looks up the schemas that records from one row up to another name: to be awaited before jsonOf() of them. */
  async prepare({ buffer, starts, ends }: SplitRecords, from: number, to: number): Promise<void> {
    const named = new Set<ValueHeader['schema']>();
    for (let row = from; row < to; row++) {
      const start = starts[row];
      const isAvro = looksLikeAvro(buffer, start, ends[row]);
      if (start < 0 || !(isAvro || mayBeDeadLetter(buffer, start))) continue;
      const value = buffer.subarray(start, ends[row]);
      const header = headerOf(isAvro ? value : deadLetterOf(value)?.raw);
      if (header !== undefined) named.add(header.schema);
    }
    if (this.#readers.size >= MAX_READERS) this.#readers.clear();
    // One after the other: a registry has others to answer.
    for (const schema of named) if (!this.#readers.has(schema)) await this.#find(schema);
  }

  /** A value as JSON; undefined where it is no Avro, or can't be read. */
  jsonOf(value: Uint8Array): string | undefined {
    const header = headerOf(value);
    const read = header === undefined ? undefined : this.#readers.get(header.schema);
    if (header === undefined || read === undefined) return undefined;
    const cursor = this.#cursor.set(value, header.bytes.length, value.length);
    try {
      const json = jsonText(read(cursor));
      return cursor.at === cursor.end ? json : undefined;
    } catch (error) {
      if (error instanceof Malformed) return undefined;
      throw error;
    }
  }

  async #find(schema: ValueHeader['schema']): Promise<void> {
    const writers = this.#writers;
    const found = await (typeof schema === 'number' ? writers.byId(schema) : writers.byFingerprint(schema));
    this.#readers.set(schema, undefined);
    if ('problem' in found) {
      this.#show(found.problem);
      return;
    }
    try {
      const type = parseWireType(found.json, schemaName(schema), found.others);
      this.#readers.set(schema, valueReader(planAsWritten(type)));
    } catch (error) {
      if (!(error instanceof FreshetError)) throw error;
      this.#show(error.message);
    }
  }
}

function headerOf(value: Uint8Array | undefined): ValueHeader | undefined {
  if (value === undefined || !looksLikeAvro(value)) return undefined;
  const header = readValueHeader(value, 0, value.length);
  return typeof header === 'string' ? undefined : header;
}
