import type { Sink } from '../../endpoints/endpoint.js';
import type { SchemaChoice } from '../../pipeline/choose-schema.js';
import { Metrics } from '../../pipeline/metrics.js';
import { type Ends, openPipeline } from '../../pipeline/open-pipeline.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { liveRowType } from '../../pipeline/row-type.js';
import { runPipeline } from '../../pipeline/run-pipeline.js';
import { StopSignal } from '../../pipeline/stop-signal.js';
import { parseUri } from '../../pipeline/uri.js';
import { FreshetError } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';

/** A topic that is empty is looked at this often. */
const LOOK_MS = 1000;
/** Reading a table again and again takes this share of the time at most. */
const SHARE = 0.2;

export interface FeedOptions {
  readonly ends: Ends;
  readonly choice: SchemaChoice;
  /** Milliseconds after which a table is read again. */
  readonly refresh: number;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
  /** A sentence without passwords. */
  readonly masked: (sentence: string) => string;
}

/** Who takes the rows of a feed. */
export interface Reader {
  /** Told the rows' type before the first; of a table each time that it is read. */
  open(schema: RecordSchema): Sink;
  /** All rows of a table were written. */
  endRound?(): void;
  ended(): void;
  /** A table can't be read, and is tried again; told once for each reason. */
  away(reason: string): void;
  /** It was read again after so many milliseconds. */
  back(after: number): void;
  /** It is over. */
  failed(reason: string): void;
}

/** Reads one source for a report until it ends or is stopped: a stream as it comes, a table again and again. */
export class Feed {
  /** Whether it is a table that is read again and again. */
  readonly isTable: boolean;
  #stopped = false;
  #stop = new StopSignal();
  #wake: () => void = () => {};
  #pipeline: Pipeline | undefined;

  constructor(
    readonly word: string,
    readonly options: FeedOptions,
    readonly reader: Reader,
  ) {
    this.isTable = parseUri(word).kind === 'store';
  }

  /** Opens the source. @throws what opening it throws */
  async open(): Promise<void> {
    this.#pipeline = await this.#opened();
  }

  /** Reads, after open(). @throws what reading a stream throws */
  async run(): Promise<void> {
    if (this.isTable) await this.#runTable();
    else if (this.#pipeline !== undefined) await runPipeline(this.#pipeline);
    if (!this.#stopped) this.reader.ended();
  }

  stop(): void {
    this.#stopped = true;
    this.#stop.request('SIGTERM');
    this.#wake();
  }

  /** Tells that it is over. @param error what reading it has thrown */
  failed(error: unknown): void {
    this.reader.failed(this.options.masked(error instanceof Error ? error.message : String(error)));
  }

  /** How many records wait to be read, and how many did not fit. */
  figures(): { readonly lag?: number; readonly dead: number } {
    const lag = this.#pipeline?.source.figures?.().lag?.reduce((sum, { records }) => sum + records, 0);
    return { dead: this.#pipeline?.deadLetters.count ?? 0, ...(lag === undefined ? {} : { lag }) };
  }

  async #runTable(): Promise<void> {
    let away: { readonly reason: string; readonly since: number } | undefined;
    while (!this.#stopped) {
      const begun = performance.now();
      let rest = this.options.refresh;
      try {
        this.#pipeline ??= await this.#opened();
        await runPipeline(this.#pipeline);
        // What was stopped may have read a part.
        if (this.#stopped) return;
        this.reader.endRound?.();
        if (away !== undefined) this.reader.back(performance.now() - away.since);
        away = undefined;
        rest = Math.max(rest, (performance.now() - begun) / SHARE);
      } catch (error) {
        if (!(error instanceof FreshetError)) throw error;
        if (away?.reason !== error.message && !this.#stopped) this.reader.away(this.options.masked(error.message));
        away = { reason: error.message, since: away?.since ?? begun };
      }
      this.#pipeline = undefined;
      if (!this.#stopped) await this.#pause(rest);
      this.#stop = this.#stopped ? this.#stop : new StopSignal();
    }
  }

  #opened(): Promise<Pipeline> {
    const { ends, choice, show } = this.options;
    return openPipeline(
      // What was read and not shown is not missed.
      { ...ends, from: [this.word], to: [], drain: 0 },
      async ({ inputs }) => {
        const schema = await liveRowType(choice, inputs, async () => {
          await this.#pause(LOOK_MS);
          return !this.#stopped;
        });
        return { schema, sinks: [this.reader.open(schema)], readsAll: true };
      },
      { metrics: new Metrics(), stop: this.#stop, show },
    );
  }

  #pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
