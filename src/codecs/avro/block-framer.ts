import { type Decompress, decompressor, MAX_BLOCK_BYTES } from './block-codecs.js';
import { Cursor, Malformed } from './cursor.js';
import { type Header, MAGIC, readHeader, SYNC_BYTES } from './header.js';

/**
 * The next thing in an object container file. Its bytes are borrowed until the framer is given more input, those of a
 * block until another is decompressed.
 */
export type Frame =
  | { readonly kind: 'header'; readonly header: Header; readonly length: number }
  | {
      readonly kind: 'block';
      readonly count: number;
      /** The records' bytes, decompressed. */
      readonly data: Uint8Array;
      /** Where the block begins in the stream. */
      readonly position: number;
      /** Where `data` begins in the stream; undefined where it was decompressed. */
      readonly dataPosition?: number;
      readonly length: number;
    }
  | Lost;

/** Bytes that are no block: an own copy. */
interface Lost {
  readonly kind: 'lost';
  readonly reason: string;
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly length: number;
  /** Whether the sync marker has not been found yet. */
  readonly goesOn: boolean;
}

/** A stretch of lost bytes is given in pieces of this size, so that it can't fill the memory. */
const MAX_LOST = 16 * 1024 * 1024;
const FIRST_CAPACITY = 256 * 1024;

/**
 * Finds the header and the blocks of an object container file (Avro 1.12, "Object Container Files"). After bytes that
 * are no block it goes on behind the next sync marker. Where a header stands in place of a block, a new file begins:
 * what `cat a.avro b.avro` gives can be read.
 */
export class BlockFramer {
  readonly #source: string;
  #buffer = new Uint8Array(FIRST_CAPACITY);
  /** Unread input is [from, to) of the buffer. */
  #from = 0;
  #to = 0;
  /** Where `from` is in the stream. */
  #position = 0;
  #ended = false;
  #header: { readonly sync: Uint8Array; readonly decompress: Decompress } | undefined;
  /** Why the sync marker is searched for; undefined when it is not. */
  #searching: string | undefined;
  /** How many bytes from `from` on are known to hold no sync marker. */
  #searched = 0;
  readonly #cursor = new Cursor();

  constructor(source: string) {
    this.#source = source;
  }

  space(wanted: number): Uint8Array {
    if (this.#from === this.#to) {
      this.#from = 0;
      this.#to = 0;
    }
    if (this.#to + wanted > this.#buffer.length) {
      const kept = this.#to - this.#from;
      let capacity = this.#buffer.length;
      while (kept + wanted > capacity) capacity *= 2;
      const buffer = capacity === this.#buffer.length ? this.#buffer : new Uint8Array(capacity);
      buffer.set(this.#buffer.subarray(this.#from, this.#to));
      this.#buffer = buffer;
      this.#from = 0;
      this.#to = kept;
    }
    return this.#buffer.subarray(this.#to);
  }

  filled(count: number): void {
    this.#to += count;
  }

  end(): void {
    this.#ended = true;
  }

  /**
   * What comes next, or undefined when more bytes are needed (or, after end(), when there are none).
   * The same is given again until take() is called with it.
   * @throws DataError where a header can't be read
   */
  peek(): Frame | undefined {
    if (this.#from === this.#to) return undefined;
    if (this.#searching !== undefined) return this.#search(this.#searching);
    if (this.#header === undefined || this.#isHeader()) return this.#readHeader();
    return this.#block(this.#header.sync, this.#header.decompress);
  }

  /** Moves on behind a frame. */
  take(frame: Frame): void {
    if (frame.kind === 'header') {
      const { header } = frame;
      this.#header = { sync: header.sync, decompress: decompressor(header.codec, this.#source) };
    }
    this.#searching = frame.kind === 'lost' && frame.goesOn ? frame.reason : undefined;
    this.#searched = 0;
    this.#from += frame.length;
    this.#position += frame.length;
  }

  /** True also where the input ends within the magic: no block begins with it, since its count would be negative. */
  #isHeader(): boolean {
    return MAGIC.every((byte, at) => this.#from + at >= this.#to || this.#buffer[this.#from + at] === byte);
  }

  #readHeader(): Frame | undefined {
    const header = readHeader(this.#buffer.subarray(this.#from, this.#to), this.#source);
    if (header !== undefined) return { kind: 'header', header, length: header.length };
    return this.#ended ? this.#rest('the file ends inside of its header') : undefined;
  }

  #block(sync: Uint8Array, decompress: Decompress): Frame | undefined {
    const cursor = this.#cursor.set(this.#buffer, this.#from, this.#to);
    let count: number;
    let size: number;
    try {
      count = cursor.long();
      size = cursor.long();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      if (this.#to - this.#from < 20) return this.#incomplete('the file ends inside of a block');
      return this.#search('a block does not begin with how long it is');
    }
    if (!(count >= 0 && size >= 0 && size <= MAX_BLOCK_BYTES && count <= MAX_BLOCK_BYTES)) {
      return this.#search(`a block can't be of ${count} records in ${size} bytes`);
    }
    const start = cursor.at;
    const missing = start + size + SYNC_BYTES - this.#to;
    if (missing > 0) return this.#incomplete(`the file ends inside of a block: ${missing} bytes of it are missing`);
    if (Buffer.compare(this.#buffer.subarray(start + size, start + size + SYNC_BYTES), sync) !== 0) {
      return this.#search('a block does not end in the sync marker');
    }
    const packed = this.#buffer.subarray(start, start + size);
    const length = start + size + SYNC_BYTES - this.#from;
    const position = this.#position;
    try {
      const data = decompress(packed);
      const dataPosition = data === packed ? { dataPosition: position + start - this.#from } : {};
      return { kind: 'block', count, data, position, length, ...dataPosition };
    } catch (error) {
      const reason = `a block can't be decompressed: ${error instanceof Error ? error.message : error}`;
      return this.#lost(reason, length);
    }
  }

  /** A block that is not all there: more may come, or it is damaged and another follows, or the file is cut. */
  #incomplete(reason: string): Frame | undefined {
    if (!this.#ended) return undefined;
    return this.#findSync() < 0 ? this.#rest(reason) : this.#search('a block does not end where it says');
  }

  #search(reason: string): Frame | undefined {
    this.#searching = reason;
    const found = this.#findSync();
    if (found >= 0) return this.#lost(reason, found + SYNC_BYTES);
    if (this.#ended) return this.#rest(reason);
    const safe = this.#to - this.#from - SYNC_BYTES;
    this.#searched = Math.max(0, safe);
    return safe > MAX_LOST ? this.#lost(reason, safe, true) : undefined;
  }

  /** How far from `from` the next sync marker is; -1 if there is none yet. */
  #findSync(): number {
    const { sync } = this.#header ?? {};
    if (sync === undefined) return -1;
    const { buffer } = this.#buffer;
    const rest = Buffer.from(buffer, this.#from + this.#searched, this.#to - this.#from - this.#searched);
    const found = rest.indexOf(sync);
    return found < 0 ? -1 : found + this.#searched;
  }

  #lost(reason: string, length: number, goesOn = false): Lost {
    const bytes = this.#buffer.slice(this.#from, this.#from + length);
    return { kind: 'lost', reason, position: this.#position, bytes, length, goesOn };
  }

  #rest(reason: string): Lost {
    return this.#lost(reason, this.#to - this.#from);
  }
}
