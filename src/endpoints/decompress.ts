import { createGunzip, type Gunzip } from 'node:zlib';
import { DataError } from '../records/errors.js';
import type { ByteSource } from './endpoint.js';

const CHUNK = 256 * 1024;
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** Something that turns compressed chunks into plain ones. */
interface Inflater {
  /** Plain chunks of the next compressed one, or of the end. */
  push(chunk: Uint8Array, last: boolean): Promise<Uint8Array[]>;
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

class InflatedSource implements ByteSource {
  readonly name: string;
  readonly finite: boolean;
  readonly #ready: Uint8Array[] = [];
  #ended = false;

  constructor(
    readonly source: ByteSource,
    readonly inflater: Inflater,
  ) {
    this.name = source.name;
    this.finite = source.finite;
  }

  async read(): Promise<Uint8Array> {
    while (this.#ready.length === 0 && !this.#ended) await this.#more();
    return this.#ready.shift() ?? new Uint8Array(0);
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
      this.#ready.push(...(await this.inflater.push(chunk, this.#ended)));
    } catch (error) {
      throw new DataError(
        `${this.name}: the compressed data is damaged or cut: ${error instanceof Error ? error.message : error}`,
        'Make the file anew; what a part of it says is not the answer.',
        { cause: error },
      );
    }
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

  push(chunk: Uint8Array, last: boolean): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#gunzip.off('error', reject);
        const chunks = this.#chunks;
        this.#chunks = [];
        resolve(chunks);
      };
      this.#gunzip.once('error', reject);
      if (last) this.#gunzip.once('end', done).end();
      else this.#gunzip.write(chunk, done);
    });
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

  async push(chunk: Uint8Array, last: boolean): Promise<Uint8Array[]> {
    if (chunk.length > 0 || this.#pushed === 0 || last) this.stream.push(chunk, last);
    this.#pushed += chunk.length;
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
