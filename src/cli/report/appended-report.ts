import type { RecordSchema } from '../../records/schema.js';
import { masked } from '../../records/uri-password.js';
import { renderReport } from '../../report/render-report.js';
import { ReportSink } from '../../report/report-sink.js';
import { writeOut } from '../write-out.js';
import { Feed } from './feed.js';
import { Feeds } from './feeds.js';
import { Interval } from './interval.js';
import type { ReportPlan } from './report-plan.js';

/** The tables of a report, printed again and again. */
class PrintedSource {
  sink: ReportSink | undefined;
  /** Of a table that is being read: it is shown when it is whole. */
  #next: ReportSink | undefined;

  constructor(
    readonly limit: number,
    readonly reporter: ReportPlan['reporter'],
  ) {}

  readonly open = (schema: RecordSchema): ReportSink => {
    const sink = new ReportSink(schema, this.limit);
    this.#next = sink;
    this.sink ??= sink;
    return sink;
  };

  readonly endRound = (): void => {
    this.sink = this.#next;
  };

  readonly ended = (): void => {};

  readonly failed = (reason: string): void => {
    this.reporter.warn(reason);
  };
}

/** Prints what the sources have each interval, below what was printed before, and once more when all are at their end. */
export async function reportAppended(plan: ReportPlan & { readonly every: number }): Promise<void> {
  const { words, ends, choice, limit, format, every, reporter, stop } = plan;
  const printed = words.map(() => new PrintedSource(limit, reporter));
  const options = { ends, choice, refresh: every, show: reporter.warn };
  const feeds = new Feeds(
    words.map((word, at) => new Feed(word, options, printed[at] ?? new PrintedSource(limit, reporter))),
  );
  stop.onRequest(() => void feeds.stop());
  const { over } = feeds.start();
  const interval = new Interval(every, async () => {
    if (format === 'table') await writeOut(`${new Date().toISOString().slice(0, 19)}Z\n`);
    for (const [at, { sink }] of printed.entries()) {
      if (sink === undefined || format === 'html') continue;
      await writeOut(await renderReport({ title: masked(words[at] ?? ''), sink }, format));
    }
  });
  try {
    await Promise.race([over, interval.failed]);
  } finally {
    await feeds.stop();
    await interval.end();
  }
}
