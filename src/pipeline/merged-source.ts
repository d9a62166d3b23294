import { Bell } from '../endpoints/bell.js';
import type { BatchSource, PassedOver, Refusal, Resumed, SourceFigures } from '../endpoints/endpoint.js';
import type { Batch } from '../records/batch.js';

/** Several sources as one stream: what has rows is read, in turn; files that come after one another are one of them. */
export class MergedSource implements BatchSource {
  readonly name: string;
  readonly finite: boolean;
  readonly drains: boolean;
  readonly #open: BatchSource[];
  readonly #bell = new Bell();
  /** What each source was last asked to wake whoever waits. */
  readonly #asked = new Map<BatchSource, Promise<void>>();
  #next = 0;
  /** Who gave the last batch. */
  #last: BatchSource | undefined;

  /** @param onEnd told the place of each source as it ends */
  constructor(
    readonly sources: readonly BatchSource[],
    readonly onEnd: (place: number) => void,
  ) {
    this.name = sources.map(({ name }) => name).join(', ');
    this.finite = sources.every(({ finite }) => finite);
    this.drains = sources.some(({ drains = false }) => drains);
    this.#open = [...sources];
  }

  ready(): Promise<void> | undefined {
    const [first, ...others] = this.#open;
    if (others.length === 0) return first?.ready();
    for (const source of this.#open) {
      const wait = source.ready();
      if (wait === undefined) return undefined;
      // What a quiet source has promised is asked once, or all that wait for the others would pile up there.
      if (wait !== this.#asked.get(source)) void wait.then(this.#bell.ring, this.#bell.ring);
      this.#asked.set(source, wait);
    }
    return this.#bell.rung;
  }

  take(): Batch | 'wait' | 'end' {
    let waiting = 0;
    while (this.#open.length > waiting) {
      const place = this.#next % this.#open.length;
      const source = this.#open[place];
      const got = source.take();
      if (got === 'end') {
        this.#open.splice(place, 1);
        this.onEnd(this.sources.indexOf(source));
        waiting = 0;
        continue;
      }
      this.#next = place + 1;
      if (got !== 'wait') {
        this.#last = source;
        return got;
      }
      waiting++;
    }
    return this.#open.length === 0 ? 'end' : 'wait';
  }

  get resumed(): Resumed | undefined {
    return this.sources.find(({ resumed }) => resumed !== undefined)?.resumed;
  }

  get passedOver(): PassedOver | undefined {
    const all = this.sources.flatMap(({ passedOver }) => passedOver ?? []);
    if (all.length === 0) return undefined;
    const total = (name: keyof PassedOver): number => all.reduce((sum, one) => sum + one[name], 0);
    return { tombstones: total('tombstones'), others: total('others') };
  }

  get urgent(): boolean {
    return this.sources.some(({ urgent = false }) => urgent);
  }

  async commit(isLast: boolean): Promise<void> {
    for (const source of this.sources) {
      const isMoving = source.urgent === true;
      await source.commit?.(isLast);
      if (isMoving) this.#reopen(source);
    }
  }

  async lost(error: unknown): Promise<boolean> {
    for (const source of this.sources) {
      if (!(await source.lost?.(error))) continue;
      this.#reopen(source);
      return true;
    }
    return false;
  }

  async checkOwned(): Promise<void> {
    for (const source of this.sources) await source.checkOwned?.();
  }

  get rewind(): BatchSource['rewind'] {
    const able = this.sources.filter((source) => source.rewind !== undefined);
    if (able.length === 0) return undefined;
    return (place) => {
      for (const source of able) source.rewind?.(place);
    };
  }

  get quiet(): BatchSource['quiet'] {
    const able = this.sources.filter((source) => source.quiet !== undefined);
    if (able.length === 0) return undefined;
    return (wanted) => {
      const since = able.map((source) => source.quiet?.(wanted));
      return since.includes(undefined) ? undefined : Math.max(...since.map((one) => one ?? 0));
    };
  }

  /** It may have more, in place of what it had. */
  #reopen(source: BatchSource): void {
    if (!this.#open.includes(source)) this.#open.push(source);
  }

  /** A row that is told stands in the last batch. */
  refused(refusal: Refusal): void {
    if (refusal.ordinal !== undefined) this.#last?.refused?.(refusal);
    else for (const source of this.sources) source.refused?.(refusal);
  }

  figures(): SourceFigures {
    const figures = this.sources.map((source) => source.figures?.() ?? {});
    const lag = figures.flatMap((one) => one.lag ?? []);
    const answers = figures.find((one) => one.answers !== undefined)?.answers;
    return { ...(lag.length === 0 ? {} : { lag }), ...(answers === undefined ? {} : { answers }) };
  }

  stop(): void {
    for (const source of this.sources) source.stop();
  }

  async close(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.close()));
  }
}

/** Sources that are read one after the other, each opened when its turn comes. */
export class SequenceSource implements BatchSource {
  readonly name: string;
  readonly finite = true;
  #current: BatchSource | undefined;
  #opening: Promise<void> | undefined;
  #failure: unknown;
  #stopped = false;
  #place = 0;

  constructor(
    readonly open: readonly (() => Promise<BatchSource>)[],
    name: string,
  ) {
    this.name = name;
  }

  ready(): Promise<void> | undefined {
    return this.#opening ?? this.#current?.ready();
  }

  take(): Batch | 'wait' | 'end' {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#opening !== undefined) return 'wait';
    const got = this.#current?.take() ?? 'end';
    if (got !== 'end') return got;
    const open = this.open[this.#place];
    if (open === undefined || this.#stopped) return 'end';
    this.#place++;
    this.#opening = this.#advance(open);
    return 'wait';
  }

  stop(): void {
    this.#stopped = true;
    this.#current?.stop();
  }

  async close(): Promise<void> {
    await this.#current?.close();
  }

  async #advance(open: () => Promise<BatchSource>): Promise<void> {
    try {
      await this.#current?.close();
      this.#current = await open();
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#opening = undefined;
    }
  }
}
