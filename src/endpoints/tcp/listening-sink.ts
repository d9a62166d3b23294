import type { Socket } from 'node:net';
import { ServiceError } from '../../records/errors.js';
import { formatDuration } from '../../records/time/duration.js';
import { Bell } from '../bell.js';
import type { ByteSink } from '../endpoint.js';
import type { ListenAddress } from '../listen-address.js';
import { Listener } from './listener.js';
import { Outlet } from './outlet.js';

/** So many bytes wait for a client before whoever writes has to. */
const MOST_PENDING = 256 * 1024;
const CHECK_MS = 1000;

export interface ListeningSinkOptions {
  readonly address: ListenAddress;
  /** What each client gets first. */
  readonly preamble: Uint8Array;
  /** Rows wait until so many clients are there. 0: without any they go nowhere. */
  readonly minClients: number;
  /** Milliseconds that a client may take nothing while something is there for it. */
  readonly maxWait: number;
  /** Shows a sentence to the user. */
  readonly tell: (sentence: string) => void;
  readonly stop?: AbortSignal;
}

/**
 * Writes to every client that is connected, from the next write on after it came. The slowest client sets the pace, and
 * one that takes nothing for too long is cut off. What a client had not read when it left is lost.
 */
export class ListeningSink implements ByteSink {
  readonly #options: ListeningSinkOptions;
  readonly #bell = new Bell();
  readonly #clients = new Set<Outlet>();
  #listener: Listener | undefined;
  #toldAlone = false;

  private constructor(options: ListeningSinkOptions) {
    this.#options = options;
  }

  /** @throws ServiceError where the address can't be had */
  static async open(options: ListeningSinkOptions): Promise<ListeningSink> {
    const sink = new ListeningSink(options);
    const { address, tell, stop } = options;
    stop?.addEventListener('abort', sink.#bell.ring);
    const accept = (socket: Socket, client: string): void => sink.#accept(socket, client);
    sink.#listener = await Listener.open({ address, tell, accept, allowHalfOpen: true });
    tell(`writing to who connects at ${sink.name}`);
    return sink;
  }

  get name(): string {
    return this.#listener?.name ?? 'tcp-listen:';
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#clientsThere();
    for (const client of this.#clients) client.write(bytes);
    await this.#until((client) => client.pending <= MOST_PENDING);
  }

  flush(): Promise<void> {
    return this.#until((client) => client.pending === 0);
  }

  async close(): Promise<void> {
    this.#listener?.stop();
    await this.flush();
    await Promise.all(Array.from(this.#clients, (client) => client.end()));
  }

  #accept(socket: Socket, name: string): void {
    const client = new Outlet(socket, name, () => {
      if (client.isGone) this.#clients.delete(client);
      this.#bell.ring();
    });
    this.#clients.add(client);
    client.write(this.#options.preamble);
    this.#toldAlone = false;
    this.#bell.ring();
  }

  async #clientsThere(): Promise<void> {
    const { minClients, stop, tell } = this.#options;
    if (minClients === 0 && this.#clients.size === 0 && !this.#toldAlone) {
      tell(`${this.name}: nobody is connected, and rows go nowhere until somebody is`);
      this.#toldAlone = true;
    }
    while (this.#clients.size < minClients) {
      if (stop?.aborted) {
        throw new ServiceError(
          `${this.name}: ${this.#clients.size} of ${minClients} clients are connected, and freshet was told to stop: the last rows are not sent`,
          'With ?min-clients=0 rows wait for nobody.',
        );
      }
      await this.#bell.wait(CHECK_MS);
    }
  }

  /** Waits until it holds for every client, and cuts those off that take nothing. */
  async #until(holds: (client: Outlet) => boolean): Promise<void> {
    const { maxWait, tell } = this.#options;
    for (;;) {
      const slow = [...this.#clients].filter((client) => !holds(client));
      if (slow.length === 0) return;
      for (const client of slow.filter(({ stalledFor }) => stalledFor >= maxWait)) {
        tell(`${this.name}: client ${client.client} has taken nothing for ${formatDuration(maxWait)}, and is cut off`);
        this.#clients.delete(client);
        client.cut();
      }
      await this.#bell.wait(Math.min(CHECK_MS, maxWait));
    }
  }
}
