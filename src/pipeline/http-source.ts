import type { Decoder } from '../codecs/codec.js';
import { Bell } from '../endpoints/bell.js';
import type { BatchSource, Refusal, SourceFigures } from '../endpoints/endpoint.js';
import type { EventIntake, Offer, Outcome } from '../endpoints/http/event-intake.js';
import type { EventServer } from '../endpoints/http/event-server.js';
import type { Batch } from '../records/batch.js';
import { type EventChecker, MOST_PROBLEMS } from './event-checker.js';

const LINE_FEED = 10;
/** Requests that wait together are worked on together, up to so many bytes. */
const ROUND_BYTES = 1024 * 1024;

export interface HttpSourceOptions {
  readonly name: string;
  readonly server: EventServer;
  readonly checker: EventChecker;
  /** One that starts over. */
  readonly decoder: Decoder;
}

/** A request's events until they are answered. */
interface Waiting {
  readonly lines: Uint8Array;
  readonly events: number;
  /** Its last line among those of the round, from 1. */
  readonly lastLine: number;
  readonly reasons: Set<string>;
  readonly settle: (outcome: Outcome) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Events that come over HTTP, as a source of batches. What waits together is one round: it is decoded, written, flushed
 * and answered together, while the next requests come in.
 */
export class HttpSource implements BatchSource, EventIntake {
  readonly name: string;
  readonly finite = false;
  readonly drains = false;
  readonly #options: HttpSourceOptions;
  readonly #queue: Waiting[] = [];
  /** Requests of the round. */
  #round: Waiting[] = [];
  #begun = 0;
  /** Whether some of the round's rows are not given yet. */
  #decoding = false;
  #emptied = false;
  #ended = false;
  readonly #bell = new Bell();

  constructor(options: HttpSourceOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** All of the round is given: whoever sent it waits for a flush. */
  get urgent(): boolean {
    return this.#round.length > 0 && !this.#decoding;
  }

  get waitingSince(): number | undefined {
    return this.#round.length === 0 ? undefined : this.#begun;
  }

  offer(lines: Uint8Array): Offer {
    const { promise, settle, fail } = pending();
    const waiting: Waiting = { lines, events: 0, lastLine: 0, reasons: new Set(), settle, fail };
    if (this.#ended) fail(new Ended());
    else this.#queue.push(waiting);
    this.#bell.ring();
    const withdraw = (): boolean => {
      const at = this.#queue.indexOf(waiting);
      if (at >= 0) this.#queue.splice(at, 1);
      if (at >= 0) fail(new Ended());
      return at >= 0;
    };
    return { outcome: promise, withdraw };
  }

  /** No more requests will come. */
  readonly emptied = (): void => {
    this.#emptied = true;
    this.#bell.ring();
  };

  ready(): Promise<void> | undefined {
    if (this.#decoding || this.urgent || this.#queue.length > 0 || this.#emptied) return undefined;
    return this.#bell.rung;
  }

  take(): Batch | 'wait' | 'end' {
    if (this.urgent) return 'wait';
    if (!this.#decoding && !this.#begin()) {
      if (!this.#emptied || this.#queue.length > 0) return 'wait';
      this.#ended = true;
      return 'end';
    }
    const batch = this.#options.decoder.next();
    if (batch === undefined) this.#decoding = false;
    return batch ?? 'wait';
  }

  async commit(): Promise<void> {
    if (!this.urgent) return;
    for (const { events, reasons, settle } of this.#round) {
      settle(reasons.size === 0 ? { kind: 'taken', events } : { kind: 'refused', reasons: [...reasons] });
    }
    this.#round = [];
  }

  /** Of a row that is not told, any request of the round may be the sender. */
  refused({ reason, ordinal }: Refusal): void {
    let before = 0;
    for (const { lastLine, reasons } of this.#round) {
      const isSender = ordinal === undefined || (ordinal > before && ordinal <= lastLine);
      if (isSender && reasons.size < MOST_PROBLEMS) reasons.add(reason);
      before = lastLine;
    }
  }

  figures(): SourceFigures {
    return { answers: this.#options.server.answers };
  }

  stop(): void {
    this.#options.server.stop();
  }

  async close(): Promise<void> {
    const { server, decoder, checker } = this.#options;
    this.#ended = true;
    for (const { fail } of [...this.#round, ...this.#queue.splice(0)]) fail(new Ended());
    this.#round = [];
    server.stop();
    await server.close();
    decoder.close?.();
    checker.close();
  }

  /**
   * Begins a round with what waits and fits; false where nothing does. It is looked at here and not as it comes: who
   * works on a batch has borrowed it of the decoder.
   */
  #begin(): boolean {
    const { decoder, checker, name } = this.#options;
    decoder.restart?.(name);
    let bytes = 0;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const { lines } = next;
      if (bytes > 0 && bytes + lines.length > ROUND_BYTES) break;
      bytes += lines.length;
      this.#queue.shift();
      const checked = checker.check(lines);
      if (typeof checked !== 'number') next.settle({ kind: 'unfit', problems: checked });
      else if (checked === 0) next.settle({ kind: 'taken', events: 0 });
      else this.#add(next, checked);
    }
    decoder.end();
    this.#begun = performance.now();
    this.#decoding = this.#round.length > 0;
    return this.#decoding;
  }

  #add(waiting: Waiting, events: number): void {
    const { decoder } = this.#options;
    const { lines } = waiting;
    decoder.space(lines.length).set(lines);
    decoder.filled(lines.length);
    const lastLine = (this.#round.at(-1)?.lastLine ?? 0) + countOf(lines);
    this.#round.push({ ...waiting, events, lastLine });
  }
}

/** Events that were not answered for when the run had ended. */
class Ended extends Error {}

function pending(): { promise: Promise<Outcome> } & Pick<Waiting, 'settle' | 'fail'> {
  let settle: Waiting['settle'] = () => {};
  let fail: Waiting['fail'] = () => {};
  const promise = new Promise<Outcome>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  return { promise, settle, fail };
}

function countOf(lines: Uint8Array): number {
  let count = 0;
  for (let at = lines.indexOf(LINE_FEED); at >= 0; at = lines.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
