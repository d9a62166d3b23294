import { createHash } from 'node:crypto';
import type { Batch } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import { jsonText } from '../../records/json-text.js';
import type { RecordSchema } from '../../records/schema.js';
import { schemaJson } from '../../records/schema-json.js';
import { ByteWriter } from '../byte-writer.js';
import type { EncodeContext, EncodedRecords, Encoder } from '../codec.js';
import { type Compress, compressor } from './block-codecs.js';
import { CellWriters } from './cell-writers.js';
import { fingerprintOf } from './fingerprint.js';
import { MAGIC, SYNC_BYTES } from './header.js';
import { fingerprintHeader } from './value-header.js';
import { writeLong, writeText } from './write-value.js';

/** A block is closed when its records take this many bytes (and at the end of each batch, so that no row waits). */
const BLOCK_BYTES = 64 * 1024;

/**
 * Object container files (Avro 1.12, "Object Container Files"), with the schema and its annotation in the header, and
 * records that stand alone (encodeRecords), which name their schema. The same rows give the same bytes: the sync marker comes of the schema, not of chance.
 */
export class AvroEncoder implements Encoder {
  readonly #records = new ByteWriter();
  readonly #out = new ByteWriter();
  readonly #cells: CellWriters;
  readonly #compress: Compress;
  readonly #sync: Uint8Array;
  /** The header, until it is written. */
  #head: Uint8Array | undefined;
  /** What stands in front of each record that stands alone. */
  #recordHeader: Uint8Array | undefined;
  readonly #schema: RecordSchema;

  /** @param existing the header of the file that is added to */
  constructor(context: EncodeContext, existing?: ExistingHeader) {
    const { schema, compression = 'null', append = false, recordHeader } = context;
    if (append && existing === undefined) bug('adding to an Avro file needs its header: see appendingEncoder()');
    this.#cells = new CellWriters(this.#records, schema.fields);
    this.#compress = compressor(existing?.codec ?? compression);
    this.#schema = schema;
    this.#recordHeader = recordHeader;
    if (existing !== undefined) {
      this.#sync = existing.sync;
      return;
    }
    const text = jsonText(schemaJson(schema));
    this.#sync = createHash('md5').update(`${compression}\n${text}`).digest();
    this.#head = headerBytes(text, compression, this.#sync);
  }

  encode(batch: Batch): Uint8Array {
    this.#writeHead();
    const records = this.#records;
    const cells = this.#cells.of(batch);
    const { selection } = batch;
    const count = selection?.length ?? batch.length;
    let inBlock = 0;
    for (let index = 0; index < count; index++) {
      const row = selection === undefined ? index : selection[index];
      for (const cell of cells) cell(row);
      inBlock++;
      if (records.at >= BLOCK_BYTES) {
        this.#writeBlock(inBlock);
        inBlock = 0;
      }
    }
    if (inBlock > 0) this.#writeBlock(inBlock);
    return this.#out.take();
  }

  encodeRecords(batch: Batch): EncodedRecords {
    const out = this.#records;
    this.#recordHeader ??= fingerprintHeader(fingerprintOf(schemaJson(this.#schema)));
    const header = this.#recordHeader;
    const cells = this.#cells.of(batch);
    const { selection } = batch;
    const count = selection?.length ?? batch.length;
    const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
    for (let index = 0; index < count; index++) {
      const row = selection === undefined ? index : selection[index];
      starts[index] = out.at;
      out.copy(header, 0, header.length);
      for (const cell of cells) cell(row);
      ends[index] = out.at;
    }
    return { bytes: out.take(), starts, ends, count };
  }

  finish(): Uint8Array {
    this.#writeHead();
    return this.#out.take();
  }

  #writeHead(): void {
    if (this.#head !== undefined) this.#out.copy(this.#head, 0, this.#head.length);
    this.#head = undefined;
  }

  #writeBlock(count: number): void {
    const records = this.#records;
    const block = this.#compress(records.bytes.subarray(0, records.at));
    writeLong(this.#out, count);
    writeLong(this.#out, block.length);
    this.#out.copy(block, 0, block.length);
    this.#out.copy(this.#sync, 0, SYNC_BYTES);
    records.at = 0;
  }
}

/** Of a file that is added to: how its blocks are compressed, and what ends each. */
export interface ExistingHeader {
  readonly codec: 'null' | 'deflate' | 'snappy';
  readonly sync: Uint8Array;
}

function headerBytes(schema: string, codec: string, sync: Uint8Array): Uint8Array {
  const out = new ByteWriter(1024);
  out.copy(MAGIC, 0, MAGIC.length);
  writeLong(out, 2);
  writeText(out, 'avro.schema');
  writeText(out, schema);
  writeText(out, 'avro.codec');
  writeText(out, codec);
  out.byte(0);
  out.copy(sync, 0, SYNC_BYTES);
  return out.take();
}
