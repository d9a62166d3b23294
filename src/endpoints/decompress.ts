import { createGunzip, type Gunzip } from 'node:zlib';
import { DataError } from '../records/errors.js';
import type { ByteSource } from './endpoint.js';
import { PeekedSource } from './peeked-source.js';

const CHUNK = 256 * 1024;
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const MAGICS = [GZIP, ZSTD];

/** Something that turns compressed chunks into plain ones. */
interface Inflater {
  /** Takes the next compressed chunk, or the end; fails where the data is damaged or cut. */
  push(chunk: Uint8Array, last: boolean): Promise<void>;
  /** The plain chunks since the last call, also those in front of a damage. */
  take(): Uint8Array[];
}

/** A source as it is, or decompressed where its first bytes say gzip or zstd. */
export async function decompressed(source: ByteSource): Promise<PeekedSource> {
  const peeked = new PeekedSource(source);
  await peeked.peek((head) => !MAGICS.some((magic) => head.length < magic.length && begins(head, magic)));
  const { head } = peeked;
  if (head.length >= GZIP.length && begins(head, GZIP)) {
    return new PeekedSource(new InflatedSource(peeked, new GzipInflater()));
  }
  if (head.length >= ZSTD.length && begins(head, ZSTD)) {
    return new PeekedSource(new InflatedSource(peeked, await ZstdInflater.load()));
  }
  return peeked;
}

/** Whether what a source gives is not what its file has. */
export function isInflated({ source }: PeekedSource): boolean {
  return source instanceof InflatedSource;
}

/** Whether bytes are the front of a magic number, or have it in front. */
function begins(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => at >= head.length || head[at] === byte);
}

/** Gives all that comes before a damage or a cut, and fails then. */
class InflatedSource implements ByteSource {
  readonly name: string;
  readonly finite: boolean;
  readonly drains: boolean;
  readonly #ready: Uint8Array[] = [];
  #ended = false;
  #failure: DataError | undefined;

  constructor(
    readonly source: ByteSource,
    readonly inflater: Inflater,
  ) {
    this.name = source.name;
    this.finite = source.finite;
    this.drains = source.drains;
  }

  async read(): Promise<Uint8Array> {
    while (this.#ready.length === 0 && !this.#ended) await this.#more();
    const chunk = this.#ready.shift();
    if (chunk !== undefined) return chunk;
    if (this.#failure !== undefined) throw this.#failure;
    return new Uint8Array(0);
  }

  stop(): void {
    this.source.stop();
  }

  close(): Promise<void> {
    return this.source.close();
  }

  async #more(): Promise<void> {
    const chunk = await this.#next();
    this.#ended = chunk.length === 0;
    try {
      await this.inflater.push(chunk, this.#ended);
    } catch (error) {
      this.#ended = true;
      this.#failure = new DataError(
        `${this.name}: the compressed data is damaged or cut: ${error instanceof Error ? error.message : error}`,
        'What came before was read and is written; for the rest make the file anew.',
        { cause: error },
      );
    }
    this.#ready.push(...this.inflater.take().filter(({ length }) => length > 0));
  }

  async #next(): Promise<Uint8Array> {
    const chunk = new Uint8Array(CHUNK);
    const got = this.source.read(chunk);
    return typeof got === 'number' ? chunk.subarray(0, got) : got;
  }
}

class GzipInflater implements Inflater {
  readonly #gunzip: Gunzip = createGunzip();
  #chunks: Uint8Array[] = [];

  constructor() {
    this.#gunzip.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk));
  }

  push(chunk: Uint8Array, last: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#gunzip.off('error', reject);
        resolve();
      };
      this.#gunzip.once('error', reject);
      if (last) this.#gunzip.once('end', done).end();
      else this.#gunzip.write(chunk, done);
    });
  }

  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}

/** The longest header of a frame (RFC 8878, section 3.1.1): fzstd wants the first one whole. */
const ZSTD_HEADER = 18;

class ZstdInflater implements Inflater {
  #chunks: Uint8Array[] = [];
  #pushed = 0;
  /** Of the first frame, as long as its header may not be whole. */
  #head: Uint8Array | undefined = new Uint8Array(0);

  private constructor(
    readonly stream: { push(chunk: Uint8Array, final?: boolean): void; ondata: (chunk: Uint8Array) => void },
  ) {
    stream.ondata = (chunk) => this.#chunks.push(chunk);
  }

  static async load(): Promise<ZstdInflater> {
    const { Decompress } = await import('fzstd');
    return new ZstdInflater(new Decompress());
  }

  async push(chunk: Uint8Array, last: boolean): Promise<void> {
    const bytes = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
    if (this.#head !== undefined && bytes.length < ZSTD_HEADER && !last) {
      this.#head = bytes;
      return;
    }
    this.#head = undefined;
    if (bytes.length > 0 || this.#pushed === 0 || last) this.stream.push(bytes, last);
    this.#pushed += bytes.length;
  }

  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
