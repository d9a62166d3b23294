import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { ReadStream } from 'node:tty';
import { ServiceError } from '../records/errors.js';
import type { ByteSource } from './endpoint.js';
import { codeOf, sentenceOf } from './system-error.js';

const WAITING_BUFFER = 64 * 1024;
const NOTHING = new Uint8Array(0);

/** What a descriptor leads to. */
export type StreamKind = 'pipe' | 'terminal' | 'socket';

/**
 * A pipe, terminal or socket. While bytes are there a pipe is read at once, through a non-blocking descriptor of its
 * own (the one that was given may be shared with other processes, which must not find it non-blocking). When none are
 * there, the event loop waits for them, so that timers and signals go on.
 */
export class PipeSource implements ByteSource {
  readonly finite = false;
  readonly drains: boolean;
  readonly #fd: number;
  readonly #kind: StreamKind;
  /** A non-blocking descriptor of the same pipe. */
  readonly #eager: number | undefined;
  #stream: Socket | ReadStream | undefined;
  /** Bytes that came while the event loop waited. */
  readonly #arrived: Uint8Array[] = [];
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
    // A signal from the keyboard is for whoever reads the terminal alone.
    this.drains = kind !== 'terminal';
    this.#eager = kind === 'pipe' ? reopen(fd) : undefined;
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) return 0;
    if (this.#eager !== undefined) {
      try {
        return readSync(this.#eager, into, 0, into.length, null);
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN') throw this.#failed(error);
      }
    }
    return this.#wait();
  }

  stop(): void {
    this.#ended = true;
    this.#stream?.pause();
    this.#settle();
  }

  async close(): Promise<void> {
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
        this.#arrived.push(buffer.slice(0, count));
        this.#settle();
        return false;
      },
    };
    const options: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: this.#eager ?? this.#fd,
      writable: false,
      onread,
    };
    const stream = this.#kind === 'terminal' ? new ReadStream(this.#fd, options) : new Socket(options);
    stream.on('end', () => {
      this.#ended = true;
      this.#settle();
    });
    stream.on('error', (error) => {
      this.#failure = this.#failed(error);
      this.#settle();
    });
    return stream;
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
