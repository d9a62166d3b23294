import type { Codec, Encoder, RecordDecoder } from '../codecs/codec.js';
import type { RecordAccess } from '../operators/rollup/wide-winners.js';
import type { Batch, RecordBytes } from '../records/batch.js';
import { bug } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import type { OpenInput } from './open-inputs.js';

const LINE_FEED = 10;

/** Reads kept records back through the codecs of a pipeline's inputs; records without bytes are kept as JSON. */
export class RecordReaders implements RecordAccess {
  readonly #schema: RecordSchema;
  readonly #zone: Zone;
  readonly #inputs: readonly OpenInput[];
  readonly #decoders = new Map<RecordBytes['encoding'], RecordDecoder>();
  #json: Codec | undefined;
  #encoder: Encoder | undefined;

  constructor(schema: RecordSchema, zone: Zone, inputs: readonly OpenInput[]) {
    this.#schema = schema;
    this.#zone = zone;
    this.#inputs = inputs;
  }

  /** Loads what codecs are needed: to be awaited before the first record. */
  async load(): Promise<void> {
    this.#json = (await import('../codecs/ndjson/ndjson-codec.js')).ndjsonCodec;
  }

  decoder(encoding: RecordBytes['encoding']): RecordDecoder {
    const known = this.#decoders.get(encoding);
    if (known !== undefined) return known;
    const codec = encoding === 'json' ? this.#json : this.#codecOf(encoding);
    const decoder = codec?.recordDecoder?.({ schema: this.#schema, zone: this.#zone });
    if (decoder === undefined) return bug(`records of ${encoding} can't be read back`);
    this.#decoders.set(encoding, decoder);
    return decoder;
  }

  reads(encoding: RecordBytes['encoding']): boolean {
    return encoding === 'json' || this.#codecOf(encoding)?.keepsRecords === true;
  }

  encode(batch: Batch, row: number): Uint8Array {
    this.#encoder ??= this.#json?.encoder({ schema: this.#schema }) ?? bug('encode() before load()');
    const line = this.#encoder.encode({ ...batch, selection: Int32Array.of(row) });
    return line.at(-1) === LINE_FEED ? line.subarray(0, -1) : line;
  }

  #codecOf(encoding: RecordBytes['encoding']): Codec | undefined {
    return this.#inputs.flatMap(({ codecs = [] }) => codecs).find(({ format }) => format === encoding);
  }
}
