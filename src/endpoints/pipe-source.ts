import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { ReadStream } from 'node:tty';
import { ServiceError } from '../records/errors.js';
import type { ByteSource } from './endpoint.js';
import { codeOf, sentenceOf } from './system-error.js';

const WAITING_BUFFER = 64 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * What a descriptor leads to. That of a named pipe is its source's own, non-blocking, and was opened without waiting for
 * a writer.
 */
export type StreamKind = 'pipe' | 'named pipe' | 'terminal' | 'socket';

/**
 * A pipe, terminal or socket. While bytes are there a pipe is read at once, through a non-blocking descriptor of its
 * own (the one that was given may be shared with other processes, which must not find it non-blocking). When none are
 * there, the event loop waits for them, so that timers and signals go on.
 */
export class PipeSource implements ByteSource {
  readonly finite = false;
  readonly #fd: number;
  readonly #kind: StreamKind;
  /** A non-blocking descriptor of the same pipe. */
  readonly #eager: number | undefined;
  #stream: Socket | ReadStream | undefined;
  /** Bytes that came while the event loop waited. */
  readonly #arrived: Uint8Array[] = [];
  /**
   * Whether it is a named pipe that nobody has written to yet, as far as is known. A read of it gives the same as at its
   * end; the event loop tells the two apart, also where a writer came and went without a word.
   */
  #unwritten: boolean;
  #ended = false;
  #failure: ServiceError | undefined;
  #waiting: { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void } | undefined;

  constructor(
    readonly name: string,
    fd: number,
    kind: StreamKind,
  ) {
    this.#fd = fd;
    this.#kind = kind;
    this.#eager = kind === 'pipe' ? reopen(fd) : kind === 'named pipe' ? fd : undefined;
    this.#unwritten = kind === 'named pipe';
  }

  get drains(): boolean {
    // A signal from the keyboard is for whoever reads the terminal alone. Where nobody writes, nothing can be lost.
    return this.#kind !== 'terminal' && (!this.#unwritten || this.#hasWriter());
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) return 0;
    if (this.#eager !== undefined && !this.#unwritten) {
      try {
        return readSync(this.#eager, into, 0, into.length, null);
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN') throw this.#failed(error);
      }
    }
    return this.#wait();
  }

  stop(): void {
    this.#end();
    this.#stream?.pause();
  }

  async close(): Promise<void> {
    this.#unwritten = false;
    this.#stream?.destroy();
    if (this.#stream === undefined && this.#eager !== undefined) closeSync(this.#eager);
  }

  #wait(): Promise<Uint8Array> {
    this.#stream ??= this.#open();
    // A terminal's does not begin by itself.
    this.#stream.resume();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Starts to wait for bytes. Each time some come it stops, or it would read ahead of the next eager read. */
  #open(): Socket | ReadStream {
    const onread = {
      buffer: Buffer.alloc(WAITING_BUFFER),
      callback: (count: number, buffer: Uint8Array): boolean => {
        this.#take(buffer.slice(0, count));
        return false;
      },
    };
    const options: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: this.#eager ?? this.#fd,
      writable: false,
      onread,
    };
    const stream = this.#kind === 'terminal' ? new ReadStream(this.#fd, options) : new Socket(options);
    stream.on('end', () => this.#end());
    stream.on('error', (error) => {
      this.#unwritten = false;
      this.#failure = this.#failed(error);
      this.#settle();
    });
    return stream;
  }

  /** Of a pipe that nobody is known to have written to. */
  #hasWriter(): boolean {
    const buffer = new Uint8Array(WAITING_BUFFER);
    try {
      const count = readSync(this.#fd, buffer, 0, buffer.length, null);
      if (count > 0) this.#take(buffer.subarray(0, count));
      return count > 0;
    } catch {
      // There are no bytes yet; or what is wrong is told where they are waited for.
      return true;
    }
  }

  #take(bytes: Uint8Array): void {
    this.#unwritten = false;
    this.#arrived.push(bytes);
    this.#settle();
  }

  #end(): void {
    this.#unwritten = false;
    this.#ended = true;
    this.#settle();
  }

  /** Answers a read that waits. */
  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) waiting.resolve(arrived);
    else if (this.#failure !== undefined) waiting.reject(this.#failure);
    else waiting.resolve(NOTHING);
  }

  #failed(error: unknown): ServiceError {
    return new ServiceError(`${this.name} can't be read: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}

/** Another descriptor of the same pipe, non-blocking; undefined where the system offers none. */
function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
