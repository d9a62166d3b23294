import { ServiceError } from '../../records/errors.js';
import { formatDuration } from '../../records/time/duration.js';
import { Bell } from '../bell.js';
import type { ByteSink } from '../endpoint.js';
import type { ListenAddress } from '../listen-address.js';
import { dial, NotConnected, tcpName } from './dial.js';
import { Outlet } from './outlet.js';

/** So many bytes wait to be taken before whoever writes has to. */
const MOST_PENDING = 256 * 1024;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** Who hangs up sooner has taken nothing: a tunnel, or a proxy, whose other end is away. */
const TRIAL_MS = 1000;
const GONE = 'whoever listened there has gone';
const HANGS_UP = 'whoever listens there hangs up at once';

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
 * What was not handed to the system is sent again then, from the start of a write, and so is all that a connection was
 * given that did not live for a second; what others were given, and had not been read, is lost.
 */
export class DialingSink implements ByteSink {
  readonly name: string;
  readonly #options: DialingSinkOptions;
  readonly #bell = new Bell();
  /** What the system has not taken whole, in order, behind what it has taken for a connection on trial. */
  readonly #unsent: Uint8Array[] = [];
  /** How many bytes they are. */
  #pending = 0;
  #outlet: Outlet | undefined;
  /** Whether the connection has lived long enough to be one, and until then, how much of #unsent it has taken. */
  #isTried = false;
  #taken = 0;
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
      void sink.#first(await sink.#connect());
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
    this.#pending += bytes.length;
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
    this.#outlet?.write(bytes, () => {
      if (this.#isTried) this.#done(1);
      else this.#taken++;
    });
  }

  /** So many writes from the first need not be sent again. */
  #done(count: number): void {
    for (const { length } of this.#unsent.splice(0, count)) this.#pending -= length;
  }

  /** Hands what waits to a connection, on trial. */
  async #connect(): Promise<Outlet> {
    const socket = await dial(this.#options.address);
    const outlet = new Outlet(socket, this.name, () => {
      if (outlet.isGone && this.#outlet === outlet) this.#lost();
      this.#bell.ring();
    });
    // Who says that it sends no more is about to go: what it were sent would be lost.
    socket.once('end', () => outlet.cut());
    this.#outlet = outlet;
    this.#isTried = false;
    this.#taken = 0;
    outlet.write(this.#options.preamble);
    for (const bytes of this.#unsent) this.#send(bytes);
    return outlet;
  }

  async #first(outlet: Outlet): Promise<void> {
    if (!(await this.#lives(outlet)) && !this.#closed) this.#away(GONE);
  }

  /** Whether a new connection lives for a while. If so, what it has taken is done with. */
  async #lives(outlet: Outlet): Promise<boolean> {
    await this.#pause(TRIAL_MS, () => outlet.isGone);
    if (outlet.isGone) return false;
    this.#isTried = true;
    this.#done(this.#taken);
    this.#bell.ring();
    return true;
  }

  #lost(): void {
    this.#outlet = undefined;
    if (this.#isTried && !this.#closed) this.#away(GONE);
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
        const outlet = await this.#connect();
        const seconds = Math.max(1, Math.round((performance.now() - (this.#awaySince ?? 0)) / 1000));
        if (!(await this.#lives(outlet))) throw new NotConnected(HANGS_UP, true);
        this.#options.tell(`${this.name}: connected after ${seconds} s`);
        return;
      } catch (error) {
        if (this.#closed || this.#isOver(error)) return;
      }
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

  /** Waits so many milliseconds, unless something else ends it. */
  async #pause(pause: number, isOver = () => false): Promise<void> {
    const deadline = performance.now() + pause;
    for (let left = pause; left > 0 && !this.#closed && !isOver(); left = deadline - performance.now()) {
      await this.#bell.wait(left);
    }
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
