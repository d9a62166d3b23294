import type { Batch, Origin, Reject } from '../../records/batch.js';
import { jsonText } from '../../records/json-text.js';
import type { DecodeContext, Decoder } from '../codec.js';
import { BlockFramer, type Frame } from './block-framer.js';
import type { BlockReader } from './block-reader.js';
import { blockReader } from './flat-block-reader.js';
import type { Header } from './header.js';

/** Rows of a batch, at most. */
const ROWS = 8192;
const MAX_REJECTS = 1024;

type Block = Frame & { readonly kind: 'block' };

/**
 * Object container files. Rows that a file's damage does not touch are given; what it does touch is one reject for
 * each stretch of bytes, with its position in the stream, and for each record, with its number. The bytes of records
 * that a batch carries are in the layout of the reader's schema, whatever the writer's was.
 */
export class AvroDecoder implements Decoder {
  readonly #context: DecodeContext;
  #source: string;
  #framer: BlockFramer;
  #reader: BlockReader | undefined;
  /** The schema that it reads, as JSON. */
  #written = '';
  /** The block that is being read, and how many records of it are left. */
  #block: Pick<Block, 'position' | 'dataPosition'> = { position: 0 };
  #left = 0;
  /** Bytes of the last block, decompressed. */
  #blockBytes = 0;
  /** Records before the next. */
  #records = 0;
  #rows = 0;
  #rejects: Reject[] = [];
  readonly #ordinals = new Float64Array(ROWS);

  constructor(context: DecodeContext) {
    this.#context = context;
    this.#source = context.source;
    this.#framer = new BlockFramer(context.source);
  }

  space(wanted: number): Uint8Array {
    return this.#framer.space(wanted);
  }

  filled(count: number): void {
    this.#framer.filled(count);
  }

  end(): void {
    this.#framer.end();
  }

  restart(source: string): void {
    this.#source = source;
    this.#framer = new BlockFramer(source);
    this.#reader?.takeRest();
    this.#left = 0;
    this.#records = 0;
  }

  /**
   * @throws UsageError where the file is none or can't be read as the reader's schema, DataError where its header is
   *   damaged
   */
  next(): Batch | undefined {
    this.#rows = 0;
    this.#rejects = [];
    this.#reader?.begin();
    let goesOn = true;
    while (goesOn && this.#rows < ROWS && this.#rejects.length < MAX_REJECTS) {
      goesOn = this.#left > 0 ? this.#readRecords() : this.#readFrame();
    }
    return this.#rows === 0 && this.#rejects.length === 0 ? undefined : this.#batch();
  }

  /** Takes the next frame; false where there is none, or it has to wait for the next batch. */
  #readFrame(): boolean {
    // Another as large would have to be decompressed again for the next batch.
    if (this.#rows > 0 && this.#reader !== undefined && this.#reader.room < this.#blockBytes) return false;
    const frame = this.#framer.peek();
    if (frame === undefined) return false;
    if (frame.kind === 'lost') {
      this.#lose(frame.reason, frame.position, frame.bytes);
    } else if (frame.kind === 'header') {
      if (this.#rows > 0) return false;
      this.#prepare(frame.header);
    } else {
      this.#blockBytes = frame.data.length;
      if (this.#reader === undefined || !this.#reader.load(frame.data)) return false;
      this.#block = frame;
      this.#left = frame.count;
      if (frame.count === 0) this.#endBlock();
    }
    this.#framer.take(frame);
    return true;
  }

  #prepare(header: Header): void {
    const json = jsonText(header.json);
    // Another file of the same schema is read on with the same dictionaries.
    if (this.#reader !== undefined && this.#written === json) return;
    const { schema, projection, zone } = this.#context;
    this.#reader?.close();
    this.#reader = blockReader(header.type, { schema, ...projection, zone, rows: ROWS, source: this.#source });
    this.#reader.begin();
    this.#written = json;
  }

  #readRecords(): boolean {
    const reader = this.#reader;
    if (reader === undefined) return false;
    const { rows, refused, malformed, full = false } = reader.read(Math.min(this.#left, ROWS - this.#rows), this.#rows);
    for (let at = 0; at < rows; at++) this.#ordinals[this.#rows + at] = this.#records + 1 + at;
    this.#rows += rows;
    this.#records += rows;
    this.#left -= rows;
    if (refused !== undefined) {
      this.#records++;
      this.#left--;
      this.#rejects.push({ ...refused, source: this.#source, unit: 'record', ordinal: this.#records });
    }
    if (malformed !== undefined) {
      const others = this.#left - 1;
      const reason = `record ${this.#records + 1} can't be read: ${malformed}`;
      this.#loseRest(others === 0 ? reason : `${reason}, nor can the ${others} behind it in its block`);
      this.#records += this.#left;
      this.#left = 0;
    }
    if (this.#left === 0) this.#endBlock();
    return !full;
  }

  #endBlock(): void {
    this.#loseRest('a block holds more bytes than its records take');
  }

  /** What was not read of the block, if anything, becomes a reject. */
  #loseRest(reason: string): void {
    const rest = this.#reader?.takeRest();
    if (rest === undefined || rest.bytes.length === 0) return;
    const { position, dataPosition } = this.#block;
    this.#lose(reason, dataPosition === undefined ? position : dataPosition + rest.offset, rest.bytes);
  }

  #lose(reason: string, position: number, raw: Uint8Array): void {
    this.#rejects.push({ reason, source: this.#source, unit: 'position', ordinal: position, raw });
  }

  #batch(): Batch {
    const { schema, partition, projection } = this.#context;
    const reader = this.#reader;
    const ordinals = this.#ordinals;
    const origin: Origin = {
      source: this.#source,
      partition,
      unit: 'record',
      ordinal: (row) => ordinals[row],
      ...(projection.records && reader !== undefined ? { records: reader.records() } : {}),
    };
    return {
      schema,
      length: this.#rows,
      columns: reader?.columns(this.#rows) ?? new Map(),
      origin,
      ...(this.#rejects.length === 0 ? {} : { rejects: this.#rejects }),
    };
  }
}
