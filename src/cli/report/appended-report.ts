import type { Sink } from '../../endpoints/endpoint.js';
import { parseUri } from '../../pipeline/uri.js';
import type { RecordSchema } from '../../records/schema.js';
import { masked } from '../../records/uri-password.js';
import { LastRowsSink } from '../../report/last-rows-sink.js';
import { renderReport } from '../../report/render-report.js';
import { type ReportRows, ReportSink } from '../../report/report-sink.js';
import { spanText } from '../../tui/draw/figures-text.js';
import { writeOut } from '../write-out.js';
import { Feed } from './feed.js';
import { Feeds } from './feeds.js';
import { Interval } from './interval.js';
import type { ReportPlan } from './report-plan.js';

/** The tables of a report, printed again and again. */
class PrintedSource {
  sink: ReportRows | undefined;
  /** Of a table that is being read: it is shown when it is whole. */
  #next: ReportRows | undefined;
  #hasToldOfForgotten = false;
  /** Of a table that can't be read nothing is known: it is not printed. */
  #isAway = false;
  readonly #isTable: boolean;

  constructor(
    readonly word: string,
    readonly limit: number,
    readonly reporter: ReportPlan['reporter'],
  ) {
    this.#isTable = parseUri(word).kind === 'store';
  }

  /** What a stream has had last is what it has. */
  readonly open = (schema: RecordSchema): Sink => {
    const sink = this.#isTable ? new ReportSink(schema, this.limit) : new LastRowsSink(schema, this.limit);
    this.#next = sink;
    if (!this.#isTable) this.sink ??= sink;
    return sink;
  };

  readonly endRound = (): void => {
    this.sink = this.#next;
  };

  readonly ended = (): void => {};

  readonly away = (reason: string): void => {
    this.#isAway = true;
    this.reporter.warn(`${reason}: trying again until it is back`);
  };

  readonly back = (after: number): void => {
    this.#isAway = false;
    this.reporter.warn(`${masked(this.word)} is back after ${spanText(Math.max(1000, after))}`);
  };

  readonly failed = (reason: string): void => {
    this.reporter.warn(reason);
  };

  async print(format: Exclude<ReportPlan['format'], 'html'>): Promise<void> {
    const { sink } = this;
    if (sink === undefined || this.#isAway) return;
    const title = masked(this.word);
    await writeOut(await renderReport({ title, sink }, format));
    const { total, forgotten = 0 } = sink.result();
    if (forgotten === 0 || this.#hasToldOfForgotten) return;
    this.#hasToldOfForgotten = true;
    const kept = total.toLocaleString('en-US');
    this.reporter.warn(`${title}: ${kept} rows are kept; from now on the one that changed longest ago makes room`);
  }
}

/** Prints what the sources have each interval, below what was printed before, and once more when all are at their end. */
export async function reportAppended(plan: ReportPlan & { readonly every: number }): Promise<void> {
  const { words, ends, choice, limit, format, every, reporter, stop } = plan;
  const printed = words.map((word) => new PrintedSource(word, limit, reporter));
  const options = { ends, choice, refresh: every, show: reporter.warn, masked: reporter.masked };
  const feeds = new Feeds(printed.map((source) => new Feed(source.word, options, source)));
  stop.onRequest(() => void feeds.stop());
  const { over } = feeds.start();
  const interval = new Interval(every, async () => {
    if (format === 'table') await writeOut(`${new Date().toISOString().slice(0, 19)}Z\n`);
    if (format !== 'html') for (const source of printed) await source.print(format);
  });
  try {
    await Promise.race([over, interval.failed]);
  } finally {
    await feeds.stop();
    await interval.end();
  }
}
