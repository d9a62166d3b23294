import { masked } from '../../records/uri-password.js';
import { PlainSource } from '../../tui/plain-source.js';
import { Alerts } from '../../tui/state/alerts.js';
import { LiveSource } from '../../tui/state/live-source.js';
import { writeOut } from '../write-out.js';
import { Feed } from './feed.js';
import { Feeds } from './feeds.js';
import { Interval } from './interval.js';
import type { ReportPlan } from './report-plan.js';

/**
 * Tells each interval what has changed, a line each: for a screen reader, a log or a pipe. Nothing is overwritten, and
 * nothing is coloured.
 */
export async function reportPlain(plan: ReportPlan & { readonly every: number }): Promise<void> {
  const { words, ends, choice, limit, every, refresh, reporter, stop } = plan;
  const alerts = new Alerts();
  const options = { ends, choice, refresh, show: reporter.warn, masked: reporter.masked };
  const sources = words.map((word) => new PlainSource(new LiveSource(nameOf(word), isStore(word), alerts), limit));
  const feeds = new Feeds(
    words.flatMap((word, at) => {
      const source = sources[at];
      return source === undefined ? [] : [new Feed(word, options, source)];
    }),
  );
  stop.onRequest(() => void feeds.stop());
  const { over } = feeds.start();
  const interval = new Interval(every, async () => {
    const lines = sources.flatMap((source) => source.takeLines());
    if (lines.length > 0) await writeOut(`${lines.join('\n')}\n`);
  });
  try {
    await Promise.race([over, interval.failed]);
  } finally {
    await feeds.stop();
    await interval.end();
  }
}

function nameOf(word: string): string {
  return word === '-' ? '' : masked(word).replace(/^kafka:/, '');
}

function isStore(word: string): boolean {
  return /^(sqlite|mysql|cassandra):/.test(word);
}
