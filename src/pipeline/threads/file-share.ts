import type { RecordSchema } from '../../records/schema.js';
import type { Period } from '../../records/time/calendar.js';

/** What a thread finds in its share of a file: the newest record per key and period. */
export interface ShareQuestion {
  /** Of the records; it names an event time that no record lacks. */
  readonly schema: RecordSchema;
  readonly period: Period;
  /** The name of the zone. */
  readonly zone: string;
  readonly where?: string;
}

/** Some of the lines of a file, and what is to be found in them. */
export interface FileShare extends ShareQuestion {
  readonly path: string;
  /** Bytes of the file; a line begins at each. */
  readonly from: number;
  /** Infinity: to the file's end, wherever that is when it is reached. */
  readonly to: number;
  /** A thread that holds more keys and windows than this ends before its share does. */
  readonly mostStates: number;
  /** After so many bytes it looks whether it is to go on. */
  readonly step: number;
}

/** A line that does not fit. */
export interface SharedReject {
  /** The line's number within the share, from 1. */
  readonly line: number;
  readonly raw: Uint8Array;
}

/** How far a thread has come. */
export interface ShareEnd {
  /** The byte where the lines begin that it has not read. */
  readonly at: number;
  /** How many lines it has read. */
  readonly lines: number;
}

/** What a thread has to say: rejects in the order of their lines, then rows, then the end; or that it has failed. */
export type ShareMessage =
  | { readonly kind: 'rejects'; readonly rejects: readonly SharedReject[] }
  /** The newest records as JSON lines of the records' type. */
  | { readonly kind: 'rows'; readonly lines: Uint8Array }
  | ({ readonly kind: 'end' } & ShareEnd)
  | { readonly kind: 'failed'; readonly message: string; readonly status: number; readonly next?: string };

/** So many messages may wait to be taken. */
const MOST_WAITING = 16;
const WORDS = { stopped: 0, taken: 1 } as const;
const RECORDS_AT = 8;

/** The memory that a thread and whoever started it share. */
export class ShareGauge {
  readonly #words: Int32Array;
  readonly #records: BigInt64Array;
  #sent = 0;

  constructor(readonly memory = new SharedArrayBuffer(RECORDS_AT + BigInt64Array.BYTES_PER_ELEMENT)) {
    this.#words = new Int32Array(memory, 0, 2);
    this.#records = new BigInt64Array(memory, RECORDS_AT);
  }

  /** How many records fitted so far. */
  get records(): number {
    return Number(Atomics.load(this.#records, 0));
  }

  fitted(records: number): void {
    Atomics.add(this.#records, 0, BigInt(records));
  }

  /** Whether no more lines are wanted. */
  get stopped(): boolean {
    return Atomics.load(this.#words, WORDS.stopped) === 1;
  }

  stop(): void {
    Atomics.store(this.#words, WORDS.stopped, 1);
  }

  /** Says that a message was taken. */
  taken(): void {
    Atomics.add(this.#words, WORDS.taken, 1);
    Atomics.notify(this.#words, WORDS.taken);
  }

  /** Blocks the thread that sends until one more message may be sent. */
  room(): void {
    for (;;) {
      const taken = Atomics.load(this.#words, WORDS.taken);
      if (this.#sent - taken < MOST_WAITING) break;
      Atomics.wait(this.#words, WORDS.taken, taken);
    }
    this.#sent++;
  }
}
