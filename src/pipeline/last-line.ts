import type { ByteSource } from '../endpoints/endpoint.js';

const LINE_FEED = 10;
/** Of a longer line only the front is kept. */
const MOST = 64 * 1024;

/** Bytes of lines, of which the last one is kept while it is not whole. */
export class LastLine implements ByteSource {
  readonly name: string;
  readonly finite: boolean;
  readonly drains: boolean;
  #unfinished: Buffer = Buffer.alloc(0);
  /** Bytes before it. */
  #position = 0;
  #length = 0;

  constructor(readonly source: ByteSource) {
    this.name = source.name;
    this.finite = source.finite;
    this.drains = source.drains;
  }

  /** What came behind the last line feed. */
  get unfinished(): Uint8Array {
    return this.#unfinished;
  }

  /** Where it begins, in bytes. */
  get position(): number {
    return this.#position;
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    const got = this.source.read(into);
    if (typeof got === 'number') {
      this.#note(into.subarray(0, got));
      return got;
    }
    return got.then((bytes) => {
      this.#note(bytes);
      return bytes;
    });
  }

  stop(): void {
    this.source.stop();
  }

  close(): Promise<void> {
    return this.source.close();
  }

  #note(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) this.#position = this.#length + end;
    this.#length += bytes.length;
    if (end > 0) this.#unfinished = Buffer.from(bytes.subarray(end));
    else if (this.#unfinished.length < MOST)
      this.#unfinished = Buffer.concat([this.#unfinished, bytes]).subarray(0, MOST);
  }
}
