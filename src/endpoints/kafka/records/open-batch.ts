import { compressRecords } from './compress-records.js';
import type { Compression } from './compression-names.js';
import { HEADER_BYTES } from './record-batch.js';

/** Records of one partition that are gathered for a batch. */
export class OpenBatch {
  /** When it was opened, of performance.now(). */
  readonly since = performance.now();
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  #count = 0;
  #firstTime = 0;
  #lastTime = 0;

  /** How many bytes its records have. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  get firstTime(): number {
    return this.#firstTime;
  }

  get lastTime(): number {
    return this.#lastTime;
  }

  /**
   * Takes records, whose offsets and times are counted from the first one's.
   * @param count how many there are with them
   */
  add(records: Uint8Array, count: number, firstTime: number, lastTime: number): void {
    this.#parts.push(records);
    this.#bytes += records.length;
    this.#count = count;
    this.#firstTime = firstTime;
    this.#lastTime = lastTime;
  }

  /** Its records, compressed where that makes them fewer bytes, behind the room for a header. */
  seal(compression: Compression): SealedBatch {
    const { count, firstTime, lastTime } = this;
    const [only] = this.#parts;
    const plain = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    const records = compressRecords(compression, plain);
    const smaller = records.length < plain.length;
    const buffer = Buffer.concat([HEADER_ROOM, smaller ? records : plain]);
    return { buffer, compression: smaller ? compression : 'none', count, firstTime, lastTime };
  }
}

const HEADER_ROOM = Buffer.alloc(HEADER_BYTES);

/** A batch of records that is sent as it is; its header is written when it is. */
export interface SealedBatch {
  readonly buffer: Buffer;
  readonly compression: Compression;
  readonly count: number;
  readonly firstTime: number;
  readonly lastTime: number;
}
