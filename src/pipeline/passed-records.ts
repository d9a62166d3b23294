import type { Encoder, Format } from '../codecs/codec.js';
import type { ByteSink } from '../endpoints/endpoint.js';
import { openByteSink } from '../endpoints/file-sink.js';
import { type Batch, type RecordBytes, selectedCount } from '../records/batch.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { loadCodec } from './formats.js';
import type { OpenInput } from './open-inputs.js';

const NEWLINE = 0x0a;

/**
 * Records on their way to standard output, as they came: lines of JSON and MessagePack byte for byte. Those of Avro and
 * CSV, which say nothing without their file's header, are written anew with the fields of their type.
 */
export class PassedRecords {
  readonly #out: ByteSink;
  readonly #format: Format;
  readonly #encoder: Encoder | undefined;

  constructor(out: ByteSink, format: Format, encoder: Encoder | undefined) {
    this.#out = out;
    this.#format = format;
    this.#encoder = encoder;
  }

  /** @throws ReaderGone */
  async write(batch: Batch): Promise<void> {
    const { origin } = batch;
    const records = this.#encoder === undefined ? origin?.records : undefined;
    if (records !== undefined) await this.#out.write(copied(batch, records, this.#format === 'ndjson'));
    else if (this.#encoder !== undefined) await this.#out.write(this.#encoder.encode(batch));
  }

  flush(): Promise<void> {
    return this.#out.flush();
  }

  async close(): Promise<void> {
    if (this.#encoder !== undefined) await this.#out.write(this.#encoder.finish());
    await this.#out.flush();
    await this.#out.close();
  }
}

/** @throws UsageError where the inputs have no bytes, or bytes of several formats */
export async function openPassed(inputs: readonly OpenInput[], schema: RecordSchema): Promise<PassedRecords> {
  const [format, ...others] = [...new Set(inputs.map(({ format: one, partitions }) => (partitions ? undefined : one)))];
  if (format === undefined || others.length > 0) {
    throw new UsageError(
      '--pass lets records of pipes and files of one format through, and the input is something else',
      'Leave --pass away: topics and tables are there for others anyway.',
    );
  }
  const standsAlone = format === 'ndjson' || format === 'msgpack';
  const encoder = standsAlone ? undefined : (await loadCodec(format)).encoder({ schema });
  return new PassedRecords(openByteSink('-', false), format, encoder);
}

function copied(batch: Batch, { buffer, starts, ends }: RecordBytes, lines: boolean): Uint8Array {
  const { selection } = batch;
  const count = selectedCount(batch);
  let length = lines ? count : 0;
  for (let at = 0; at < count; at++) {
    const row = selection?.[at] ?? at;
    length += ends[row] - starts[row];
  }
  const bytes = new Uint8Array(length);
  let end = 0;
  for (let at = 0; at < count; at++) {
    const row = selection?.[at] ?? at;
    bytes.set(buffer.subarray(starts[row], ends[row]), end);
    end += ends[row] - starts[row];
    if (lines) bytes[end++] = NEWLINE;
  }
  return bytes;
}
