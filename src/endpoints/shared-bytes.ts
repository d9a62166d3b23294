import { Bell } from './bell.js';
import type { ByteSource } from './endpoint.js';

const CHUNK = 64 * 1024;
/** So much may lie ahead of the slowest reader. */
const MOST_AHEAD = 1024 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * A stream of bytes that several read, each all of it: the fastest reads ahead of the slowest for a while, and then
 * waits for it. All branches are there from the start; the stream is closed with the last of them.
 */
export class SharedBytes {
  readonly #source: ByteSource;
  readonly #branches: Branch[] = [];
  readonly #buffer = new Uint8Array(CHUNK);
  #reading: Promise<void> | undefined;
  #ended = false;
  /** Wakes those that wait for the slowest. */
  readonly #bell = new Bell();

  constructor(source: ByteSource, branches: number) {
    this.#source = source;
    for (let at = 0; at < branches; at++) this.#branches.push(new Branch(this, source));
  }

  /** The next one that nobody has taken; undefined: all are taken. */
  take(): ByteSource | undefined {
    const branch = this.#branches.find(({ isTaken }) => !isTaken);
    if (branch !== undefined) branch.isTaken = true;
    return branch;
  }

  /** Resolves when there are bytes for a branch, or will be none. @returns false at the end */
  async more(branch: Branch): Promise<boolean> {
    while (branch.isEmpty && !branch.isOver && !this.#ended) {
      if (this.#branches.some((other) => !other.isOver && other.waiting > MOST_AHEAD)) {
        await this.#bell.rung;
      } else {
        this.#reading ??= this.#read().finally(() => {
          this.#reading = undefined;
        });
        await this.#reading;
      }
    }
    return !branch.isEmpty;
  }

  /** A branch has taken bytes, or wants no more. */
  drained(): void {
    this.#bell.ring();
    if (this.#branches.every(({ isOver }) => isOver)) this.#source.stop();
  }

  async close(): Promise<void> {
    this.drained();
    if (this.#branches.every(({ isClosed }) => isClosed)) await this.#source.close();
  }

  async #read(): Promise<void> {
    const got = this.#source.read(this.#buffer);
    const bytes = typeof got === 'number' ? this.#buffer.slice(0, got) : (await got).slice();
    this.#ended = bytes.length === 0;
    for (const branch of this.#branches) branch.add(bytes);
  }
}

class Branch implements ByteSource {
  readonly name: string;
  readonly finite: boolean;
  readonly drains: boolean;
  isTaken = false;
  isOver = false;
  isClosed = false;
  waiting = 0;
  readonly #shared: SharedBytes;
  readonly #chunks: Uint8Array[] = [];
  /** Ends a read() that waits. */
  #interrupt: () => void = () => {};

  constructor(shared: SharedBytes, { name, finite, drains }: ByteSource) {
    this.#shared = shared;
    this.name = name;
    this.finite = finite;
    this.drains = drains;
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  add(bytes: Uint8Array): void {
    if (this.isOver || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.waiting += bytes.length;
  }

  read(): number | Promise<Uint8Array> {
    if (this.isOver) return 0;
    const stopped = new Promise<boolean>((resolve) => {
      this.#interrupt = () => resolve(false);
    });
    return Promise.race([this.#shared.more(this), stopped]).then((some) => (some ? this.#next() : NOTHING));
  }

  stop(): void {
    this.isOver = true;
    this.#chunks.length = 0;
    this.#interrupt();
    this.#shared.drained();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isOver = true;
    this.isClosed = true;
    await this.#shared.close();
  }

  #next(): Uint8Array {
    const chunk = this.#chunks.shift() ?? NOTHING;
    this.waiting -= chunk.length;
    this.#shared.drained();
    return chunk;
  }
}
