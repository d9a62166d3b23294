import { readHeaders } from './read-headers.js';
import type { SplitRecords } from './record-splitter.js';

/** What tells the records of one type from others of a topic; both hold where both are given. */
export interface RecordType {
  /** Their key. */
  readonly key?: string;
  /** A header that they have. */
  readonly header?: { readonly name: string; readonly value: string };
}

/** Leaves records of other types out. */
export class TypeFilter {
  readonly #key: Buffer | undefined;
  readonly #header: { readonly name: string; readonly value: Buffer } | undefined;

  constructor({ key, header }: RecordType) {
    this.#key = key === undefined ? undefined : Buffer.from(key);
    this.#header = header && { name: header.name, value: Buffer.from(header.value) };
  }

  /**
   * Gives the values of records of other types a start of -2, so that decoders pass them over as they do null ones.
   * @param records from one row up to another. @returns how many there were
   */
  leaveOut({ buffer, starts, keyStarts, keyEnds, headerStarts }: SplitRecords, from: number, to: number): number {
    let others = 0;
    for (let row = from; row < to; row++) {
      const isOfType = this.#hasKey(buffer, keyStarts[row], keyEnds[row]) && this.#hasHeader(buffer, headerStarts[row]);
      if (isOfType) continue;
      starts[row] = -2;
      others++;
    }
    return others;
  }

  #hasKey(buffer: Uint8Array, start: number, end: number): boolean {
    const key = this.#key;
    if (key === undefined) return true;
    return start >= 0 && end - start === key.length && key.compare(buffer, start, end) === 0;
  }

  #hasHeader(buffer: Uint8Array, start: number): boolean {
    const wanted = this.#header;
    if (wanted === undefined) return true;
    return readHeaders(buffer, start).some(
      ({ name, value }) => name === wanted.name && value !== undefined && wanted.value.equals(value),
    );
  }
}
