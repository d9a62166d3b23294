import type { ByteSource } from './endpoint.js';

const CHUNK = 256 * 1024;
const NOTHING = new Uint8Array(0);

/** A source whose first bytes can be looked at before they are read. */
export class PeekedSource implements ByteSource {
  readonly name: string;
  readonly finite: boolean;
  #head: Uint8Array = NOTHING;
  /** How much of the head was read. */
  #given = 0;
  #ended = false;

  constructor(readonly source: ByteSource) {
    this.name = source.name;
    this.finite = source.finite;
  }

  get drains(): boolean {
    return this.source.drains;
  }

  /** What was looked at so far; empty also where the source has no bytes at all. */
  get head(): Uint8Array {
    return this.#head;
  }

  /**
   * Looks at more of the source, until its first bytes are enough, it ends, or there are `most` of them: a pipe may
   * bring its first bytes one by one. To be called before the first read().
   * @throws what the source throws before its first byte; what it throws later, read() will tell
   */
  async peek(isEnough: (head: Uint8Array) => boolean, most: number = CHUNK): Promise<void> {
    while (!this.#ended && this.#head.length < most && (this.#head.length === 0 || !isEnough(this.#head))) {
      if (!(await this.#more())) return;
    }
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    const rest = this.#head.subarray(this.#given);
    if (rest.length === 0) return this.#ended ? 0 : this.source.read(into);
    const count = Math.min(rest.length, into.length);
    into.set(rest.subarray(0, count));
    this.#given += count;
    return count;
  }

  stop(): void {
    // What a pipe has brought is there nowhere else.
    if (this.finite) this.#given = this.#head.length;
    this.source.stop();
  }

  close(): Promise<void> {
    return this.source.close();
  }

  async #more(): Promise<boolean> {
    const chunk = new Uint8Array(CHUNK);
    try {
      const got = this.source.read(chunk);
      const bytes = typeof got === 'number' ? chunk.subarray(0, got) : await got;
      this.#ended = bytes.length === 0;
      this.#head = Buffer.concat([this.#head, bytes]);
      return true;
    } catch (error) {
      if (this.#head.length === 0) throw error;
      return false;
    }
  }
}
