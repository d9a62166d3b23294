import { looksLikeAvro } from '../codecs/avro/value-header.js';
import type { Codec, Format, FramedRecords, ValueContext, ValueDecoder } from '../codecs/codec.js';
import type { Batch } from '../records/batch.js';
import { bug } from '../records/errors.js';
import { isMessagePack, loadCodec } from './formats.js';

type ValueFormat = Extract<Format, 'ndjson' | 'avro' | 'msgpack'>;

/** Values of one format, up to a place. */
interface Run {
  readonly format: ValueFormat;
  readonly end: number;
}

/**
 * Values whose own first bytes tell their format, one by one: records of a format that come together are decoded
 * together. A format's codec is loaded when its first record comes.
 */
export class MixedValueDecoder implements ValueDecoder {
  readonly #context: ValueContext;
  readonly #codecs: Codec[];
  readonly #decoders = new Map<ValueFormat, ValueDecoder>();
  #current: ValueDecoder | undefined;
  /** The format of the current decoder. */
  #format: ValueFormat | undefined;
  #added: FramedRecords | undefined;
  #runs: Run[] = [];
  /** Where the next run begins. */
  #place = 0;
  #loading: Promise<void> | undefined;

  /** @param codecs takes the codecs that are loaded: whoever reads kept records back needs them */
  constructor(context: ValueContext, codecs: Codec[]) {
    this.#context = context;
    this.#codecs = codecs;
  }

  add(records: FramedRecords): number {
    const { runs, nulls } = runsOf(records);
    this.#added = records;
    this.#runs = runs;
    this.#place = 0;
    return nulls;
  }

  next(least = 1): Batch | undefined {
    for (;;) {
      const [run] = this.#runs;
      const batch = this.#current?.next(run === undefined || run.format === this.#format ? least : 1);
      if (batch !== undefined || run === undefined || this.#current?.waiting !== undefined) return batch;
      const decoder = this.#decoders.get(run.format);
      if (decoder === undefined) {
        this.#load(run.format);
        return undefined;
      }
      this.#current = decoder;
      this.#format = run.format;
      this.#begin(decoder, run);
    }
  }

  get waiting(): Promise<void> | undefined {
    return this.#loading ?? this.#current?.waiting;
  }

  get pending(): number | undefined {
    const added = this.#added;
    return this.#current?.pending ?? (this.#runs.length > 0 ? added?.offset(this.#place) : undefined);
  }

  forget(): void {
    this.#current?.forget?.();
    this.#added = undefined;
    this.#runs = [];
    this.#loading = undefined;
  }

  close(): void {
    for (const decoder of this.#decoders.values()) decoder.close();
  }

  #begin(decoder: ValueDecoder, { end }: Run): void {
    const added = this.#added ?? bug('a run of no records');
    const start = this.#place;
    this.#runs.shift();
    this.#place = end;
    decoder.add({
      source: added.source,
      partition: added.partition,
      bytes: added.bytes,
      count: end - start,
      buffer: added.buffer,
      starts: added.starts.subarray(start, end),
      ends: added.ends.subarray(start, end),
      offset: (index) => added.offset(start + index),
    });
  }

  #load(format: ValueFormat): void {
    if (this.#loading !== undefined) return;
    const loading = loadCodec(format).then((codec) => {
      const decoder = codec.valueDecoder?.(this.#context) ?? bug(`${format} has no values`);
      this.#decoders.set(format, decoder);
      this.#codecs.push(codec);
      if (this.#loading === loading) this.#loading = undefined;
    });
    this.#loading = loading;
  }
}

/** Which records stand together, and how many are null: those go with the ones before them. */
function runsOf({ buffer, starts, ends, count }: FramedRecords): { readonly runs: Run[]; readonly nulls: number } {
  const runs: Run[] = [];
  let nulls = 0;
  let format: ValueFormat | undefined;
  for (let at = 0; at < count; at++) {
    const start = starts[at];
    if (start < 0) {
      nulls++;
      continue;
    }
    const own = formatOfValue(buffer, start, ends[at]);
    if (own === format) continue;
    if (format !== undefined) runs.push({ format, end: at });
    format = own;
  }
  if (count > 0) runs.push({ format: format ?? 'ndjson', end: count });
  return { runs, nulls };
}

const BRACE = 0x7b;

/** The format that a value looks like, by its first bytes; JSON where nothing tells. */
function formatOfValue(bytes: Uint8Array, start: number, end: number): ValueFormat {
  if (start === end || bytes[start] === BRACE) return 'ndjson';
  if (looksLikeAvro(bytes, start, end)) return 'avro';
  return isMessagePack(bytes[start], bytes[start + 1]) ? 'msgpack' : 'ndjson';
}
