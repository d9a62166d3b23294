import { ServiceError } from '../../records/errors.js';
import { formatDuration } from '../../records/time/duration.js';
import type { ByteSink } from '../endpoint.js';
import type { ListenAddress } from '../listen-address.js';
import { Bell } from './bell.js';
import { dial, NotConnected, tcpName } from './dial.js';
import { Outlet } from './outlet.js';

/** So many bytes wait to be taken before whoever writes has to. */
const MOST_PENDING = 256 * 1024;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

export interface DialingSinkOptions {
  readonly address: ListenAddress;
  /** What stands in front of all else on each connection. */
  readonly preamble: Uint8Array;
  /** Milliseconds that rows wait for somebody who listens. */
  readonly wait: number;
  /** Shows a sentence to the user. */
  readonly tell: (sentence: string) => void;
  /** Of a run that is told to stop: it waits for nobody any more. */
  readonly stop?: AbortSignal;
}

/**
 * Writes to whoever listens at an address. When nobody does (yet, or any more) it connects again, with growing pauses.
 * What was not handed to the system is sent again then, from the start of a write; what was, and had not been read, is
 * lost.
 */
export class DialingSink implements ByteSink {
  readonly name: string;
  readonly #options: DialingSinkOptions;
  readonly #bell = new Bell();
  /** What the system has not taken whole, in order. */
  readonly #unsent: Uint8Array[] = [];
  #outlet: Outlet | undefined;
  #failure: Error | undefined;
  #closed = false;
  /** Since when nobody listens; as of performance.now(). */
  #awaySince: number | undefined;
  /** Since when rows wait for it. */
  #wantedSince: number | undefined;

  private constructor(options: DialingSinkOptions) {
    this.#options = options;
    this.name = tcpName(options.address);
  }

  /** @throws ServiceError where it is of no use to wait, or `wait` is 0 and nobody listens */
  static async open(options: DialingSinkOptions): Promise<DialingSink> {
    const sink = new DialingSink(options);
    options.stop?.addEventListener('abort', sink.#bell.ring);
    try {
      await sink.#connect();
    } catch (error) {
      if (!(error instanceof NotConnected)) throw error;
      if (!error.passes)
        throw new ServiceError(`${sink.name}: ${error.message}`, 'Correct the name.', { cause: error });
      if (options.wait === 0) throw sink.#givenUp(error.message, error);
      sink.#away(`${error.message} yet`);
    }
    return sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#unsent.push(bytes);
    this.#send(bytes);
    await this.#until(() => this.#pending <= MOST_PENDING);
  }

  flush(): Promise<void> {
    return this.#until(() => this.#unsent.length === 0);
  }

  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    this.#bell.ring();
    await this.#outlet?.end();
  }

  get #pending(): number {
    return this.#unsent.reduce((sum, { length }) => sum + length, 0);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#outlet === undefined && this.#options.stop?.aborted) {
        throw this.#givenUp('nobody listens there, and freshet was told to stop');
      }
      await this.#bell.wait(LONGEST_PAUSE_MS);
    }
  }

  #send(bytes: Uint8Array): void {
    // A connection takes them in order, and so they are done with in order.
    this.#outlet?.write(bytes, () => this.#unsent.shift());
  }

  async #connect(): Promise<void> {
    const socket = await dial(this.#options.address);
    const outlet = new Outlet(socket, this.name, () => {
      if (outlet.isGone && this.#outlet === outlet) this.#lost();
      this.#bell.ring();
    });
    // Who says that it sends no more is about to go: what it were sent would be lost.
    socket.once('end', () => outlet.cut());
    this.#outlet = outlet;
    outlet.write(this.#options.preamble);
    for (const bytes of this.#unsent) this.#send(bytes);
  }

  #lost(): void {
    this.#outlet = undefined;
    if (!this.#closed) this.#away('whoever listened there has gone');
  }

  /** Tells that nobody listens, and tries again until somebody does. */
  #away(why: string): void {
    const { wait, tell } = this.#options;
    this.#awaySince = performance.now();
    this.#wantedSince = undefined;
    tell(`${this.name}: ${why}: trying again, and rows wait for ${formatDuration(wait)}`);
    void this.#again();
  }

  async #again(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#closed; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      await this.#pause(pause);
      if (this.#closed) return;
      try {
        await this.#connect();
      } catch (error) {
        if (this.#isOver(error)) return;
        continue;
      }
      const seconds = Math.max(1, Math.round((performance.now() - (this.#awaySince ?? 0)) / 1000));
      this.#options.tell(`${this.name}: connected after ${seconds} s`);
      this.#bell.ring();
      return;
    }
  }

  /** Whether rows have waited long enough. */
  #isOver(error: unknown): boolean {
    if (this.#unsent.length === 0) this.#wantedSince = undefined;
    else this.#wantedSince ??= performance.now();
    const { wait } = this.#options;
    const waited = this.#wantedSince === undefined ? 0 : performance.now() - this.#wantedSince;
    if (error instanceof NotConnected && error.passes && (this.#wantedSince === undefined || waited < wait))
      return false;
    this.#failure =
      error instanceof NotConnected ? this.#givenUp(error.message, error) : new Error(String(error), { cause: error });
    this.#bell.ring();
    return true;
  }

  async #pause(pause: number): Promise<void> {
    const deadline = performance.now() + pause;
    for (let left = pause; left > 0 && !this.#closed; left = deadline - performance.now()) await this.#bell.wait(left);
  }

  #givenUp(why: string, cause?: unknown): ServiceError {
    const waits = this.#unsent.length === 0 ? '' : ': the last rows are not sent';
    return new ServiceError(
      `${this.name}: ${why}${waits}`,
      `Start what reads there first, or let rows wait for it longer: ${this.name}?wait=10m.`,
      { cause },
    );
  }
}
