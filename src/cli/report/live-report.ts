import { masked } from '../../records/uri-password.js';
import type { LiveView } from '../../tui/live-view.js';
import { Alerts } from '../../tui/state/alerts.js';
import { LiveSink } from '../../tui/state/live-sink.js';
import { LiveSource } from '../../tui/state/live-source.js';
import { Feed, type Reader } from './feed.js';
import { Feeds } from './feeds.js';
import type { ReportPlan } from './report-plan.js';

/** What opens at once has its mistakes told before the screen is taken, which waits for the others. */
const OPENING_MS = 500;

/** Shows the sources on the terminal until they are left. */
export async function reportLive({ words, ends, choice, refresh, reporter, stop }: ReportPlan): Promise<void> {
  let view: LiveView | undefined;
  const alerts = new Alerts();
  const show = (sentence: string): void =>
    view === undefined ? reporter.warn(sentence) : view.tell(reporter.masked(sentence));
  const { sources, feeds } = openSources(words, alerts, { ends, choice, refresh, show, masked: reporter.masked });
  const stopped = new Promise<'stopped'>((resolve) => stop.onRequest(() => resolve('stopped')));
  const { opened, over } = feeds.start();
  try {
    await Promise.race([opened, stopped, delay(OPENING_MS)]);
    if (stop.requested !== undefined) return;
    const { openLiveView } = await import('../../tui/live-view.js');
    view = await openLiveView({ sources, alerts, color: process.env.NO_COLOR === undefined });
    // What has ended stays to be looked at.
    const failed = over.then(() => new Promise<never>(() => {}));
    const how = await Promise.race([view.left, stopped, failed]);
    if (how === 'interrupt') stop.request('SIGINT');
  } finally {
    view?.close();
    await feeds.stop();
  }
  feeds.check();
}

function openSources(
  words: readonly string[],
  alerts: Alerts,
  options: Feed['options'],
): { readonly sources: LiveSource[]; readonly feeds: Feeds } {
  const pairs = words.map((word) => {
    const source = new LiveSource(shownName(word), isStore(word), alerts);
    const feed = new Feed(word, options, readerOf(source));
    source.figures = () => feed.figures();
    return { source, feed };
  });
  return { sources: pairs.map(({ source }) => source), feeds: new Feeds(pairs.map(({ feed }) => feed)) };
}

function readerOf(source: LiveSource): Reader {
  return {
    open: (schema) => {
      source.open(schema);
      return new LiveSink(schema, source);
    },
    endRound: () => source.endRound(),
    away: (reason) => source.away(reason),
    back: () => {},
    ended: () => {
      source.state = { kind: 'ended' };
    },
    failed: (reason) => {
      source.state = { kind: 'failed', reason };
    },
  };
}

function shownName(word: string): string {
  return word === '-' ? 'standard input' : masked(word).replace(/^kafka:/, '');
}

function isStore(word: string): boolean {
  return /^(sqlite|mysql|cassandra):/.test(word);
}

function delay(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
