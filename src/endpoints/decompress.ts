import { createGunzip, type Gunzip } from 'node:zlib';
import { DataError } from '../records/errors.js';
import type { ByteSource } from './endpoint.js';

const CHUNK = 256 * 1024;
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** Something that turns compressed chunks into plain ones. */
interface Inflater {
  /** Takes the next compressed chunk, or the end; fails where the data is damaged or cut. */
  push(chunk: Uint8Array, last: boolean): Promise<void>;
  /** The plain chunks since the last call, also those in front of a damage. */
  take(): Uint8Array[];
}

/** A source whose first bytes can be looked at before they are read. */
export class PeekedSource implements ByteSource {
  readonly name: string;
  readonly finite: boolean;
  #rest: Uint8Array | undefined;

  private constructor(
    readonly source: ByteSource,
    /** Up to 256 KiB; empty where the source has no bytes at all. */
    readonly head: Uint8Array,
  ) {
    this.name = source.name;
    this.finite = source.finite;
    this.#rest = head.length === 0 ? undefined : head;
  }

  static async open(source: ByteSource): Promise<PeekedSource> {
    const chunk = new Uint8Array(CHUNK);
    const got = source.read(chunk);
    return new PeekedSource(source, typeof got === 'number' ? chunk.subarray(0, got) : (await got).slice());
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    const rest = this.#rest;
    if (rest === undefined) return this.head.length === 0 ? 0 : this.source.read(into);
    const count = Math.min(rest.length, into.length);
    into.set(rest.subarray(0, count));
    this.#rest = count < rest.length ? rest.subarray(count) : undefined;
    return count;
  }

  stop(): void {
    this.#rest = undefined;
    this.source.stop();
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/** A source as it is, or decompressed where its first bytes say gzip or zstd; with its first plain bytes. */
export async function decompressed(source: ByteSource): Promise<PeekedSource> {
  const peeked = await PeekedSource.open(source);
  const starts = (magic: number[]): boolean => magic.every((byte, at) => peeked.head[at] === byte);
  if (starts(GZIP)) return PeekedSource.open(new InflatedSource(peeked, new GzipInflater()));
  if (starts(ZSTD)) return PeekedSource.open(new InflatedSource(peeked, await ZstdInflater.load()));
  return peeked;
}

/** Gives all that comes before a damage or a cut, and fails then. */
class InflatedSource implements ByteSource {
  readonly name: string;
  readonly finite: boolean;
  readonly #ready: Uint8Array[] = [];
  #ended = false;
  #failure: DataError | undefined;

  constructor(
    readonly source: ByteSource,
    readonly inflater: Inflater,
  ) {
    this.name = source.name;
    this.finite = source.finite;
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

class ZstdInflater implements Inflater {
  #chunks: Uint8Array[] = [];
  #pushed = 0;

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
    if (chunk.length > 0 || this.#pushed === 0 || last) this.stream.push(chunk, last);
    this.#pushed += chunk.length;
  }

  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
