import type { Codec, Decoder, Format } from '../codecs/codec.js';
import { Bell } from '../endpoints/bell.js';
import type { BatchSource, ByteSource } from '../endpoints/endpoint.js';
import type { PeekedSource } from '../endpoints/peeked-source.js';
import { ReadingStopped } from '../endpoints/tcp/socket-source.js';
import type { Batch, Reject } from '../records/batch.js';
import { bug, ConnectionCut, FreshetError } from '../records/errors.js';
import { ConnectionSource } from './connection-source.js';
import { contextOf } from './decode-context.js';
import type { ReadPlan } from './read-plan.js';

/** A client that has sent its first bytes. */
export interface Client {
  readonly bytes: PeekedSource;
  readonly format: Format;
  readonly codec: Codec;
}

interface Connected {
  readonly source: ConnectionSource;
  readonly decoder: Decoder;
  readonly format: Format;
  /** What was last asked to wake whoever waits. */
  waiting?: Promise<void>;
}

/**
 * All clients of a listener as one stream: what has rows is read, in turn. Each is framed on its own, and one that is
 * slow, breaks off or sends what can't be read stops no other.
 */
export class ListeningSource implements BatchSource {
  readonly finite = false;
  readonly #stopListening: () => void;
  readonly #opening = new Set<ByteSource>();
  /** Clients whose decoders are made in take(): how to read is known then. */
  readonly #opened: Client[] = [];
  readonly #clients: Connected[] = [];
  readonly #spare = new Map<Format, Decoder[]>();
  #rejects: Reject[] = [];
  #failure: unknown;
  #plan: ReadPlan | undefined;
  #name = '';
  #next = 0;
  #takesMore = true;
  readonly #bell = new Bell();

  constructor(stopListening: () => void) {
    this.#stopListening = stopListening;
  }

  get name(): string {
    return this.#name;
  }

  /** Before the first take(). */
  begin(name: string, plan: ReadPlan): void {
    this.#name = name;
    this.#plan = plan;
  }

  /** @param open waits for its first bytes */
  accept(raw: ByteSource, open: () => Promise<Client>): void {
    if (!this.#takesMore) {
      void raw.close();
      return;
    }
    this.#opening.add(raw);
    open()
      .then(
        (client) => this.#opened.push(client),
        (error: unknown) => this.#notOpened(raw, error),
      )
      .finally(() => {
        this.#opening.delete(raw);
        this.#bell.ring();
      });
  }

  /** It ends when the clients that there are have left. */
  takeNoMore(): void {
    this.#takesMore = false;
    this.#stopListening();
    this.#bell.ring();
  }

  ready(): Promise<void> | undefined {
    if (this.#opened.length > 0 || this.#rejects.length > 0 || this.#failure !== undefined || this.#isOver) {
      return undefined;
    }
    for (const client of this.#clients) {
      const waiting = client.source.ready();
      if (waiting === undefined) return undefined;
      if (waiting !== client.waiting) void waiting.then(this.#bell.ring, this.#bell.ring);
      client.waiting = waiting;
    }
    return this.#bell.rung;
  }

  take(): Batch | 'wait' | 'end' {
    if (this.#failure !== undefined) throw this.#failure;
    const plan = this.#plan ?? bug('take() before begin()');
    for (const client of this.#opened.splice(0)) this.#connect(client, plan);
    const rejects = this.#rejects;
    this.#rejects = [];
    if (rejects.length > 0) return { schema: plan.schema, length: 0, columns: new Map(), rejects };
    let waiting = 0;
    while (this.#clients.length > waiting) {
      const place = this.#next % this.#clients.length;
      const client = this.#clients[place];
      const got = client.source.take();
      if (got === 'end') {
        this.#clients.splice(place, 1);
        this.#leave(client);
        waiting = 0;
        continue;
      }
      this.#next = place + 1;
      if (got !== 'wait') return got;
      waiting++;
    }
    return this.#isOver ? 'end' : 'wait';
  }

  stop(): void {
    this.takeNoMore();
    for (const raw of this.#opening) raw.stop();
    for (const { bytes } of this.#opened) bytes.stop();
    for (const { source } of this.#clients) source.stop();
  }

  async close(): Promise<void> {
    this.stop();
    const open = [
      ...this.#opening,
      ...this.#opened.map(({ bytes }) => bytes),
      ...this.#clients.map(({ source }) => source),
    ];
    await Promise.all(open.map((one) => one.close()));
  }

  get #isOver(): boolean {
    return !this.#takesMore && this.#opening.size === 0 && this.#opened.length === 0 && this.#clients.length === 0;
  }

  #notOpened(raw: ByteSource, error: unknown): void {
    void raw.close();
    // Who breaks off without a word has sent nothing that could be lost.
    if (error instanceof ConnectionCut || error instanceof ReadingStopped) return;
    if (!(error instanceof FreshetError)) this.#failure = error;
    else
      this.#rejects.push({
        reason: error.message,
        source: raw.name,
        unit: 'position',
        ordinal: 0,
        raw: new Uint8Array(0),
      });
  }

  #connect({ bytes, format, codec }: Client, plan: ReadPlan): void {
    const spare = this.#spare.get(format)?.pop();
    spare?.restart?.(bytes.name);
    const decoder = spare ?? codec.decoder(contextOf(plan, codec, bytes.name));
    const source = new ConnectionSource({ bytes, format, decoder, schema: plan.schema, isOneOfMany: true });
    this.#clients.push({ source, decoder, format });
  }

  /** Keeps the decoder for another client: what it has of the kernel's memory would be lost. */
  #leave({ source, decoder, format }: Connected): void {
    void source.close();
    if (decoder.restart === undefined) {
      decoder.close?.();
      return;
    }
    try {
      decoder.end();
      while (decoder.next(1) !== undefined);
    } catch (error) {
      // What can't be read was told.
      if (!(error instanceof FreshetError)) throw error;
    }
    const spare = this.#spare.get(format);
    if (spare === undefined) this.#spare.set(format, [decoder]);
    else spare.push(decoder);
  }
}
