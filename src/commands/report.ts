import { existsSync } from 'node:fs';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { endsOf } from '../cli/ends-of.js';
import { count, duration } from '../cli/flag-types.js';
import { deadLetterFlags, generalFlags, inputFlags } from '../cli/flags.js';
import { FreshetCommand } from '../cli/freshet-command.js';
import { runReport } from '../cli/report/run-report.js';
import type { Reporter } from '../cli/reporter.js';
import { UsageError } from '../records/errors.js';

const DEFAULT_LIMIT = 100;
const DEFAULT_REFRESH = 2000;
// Each report reads its topics whole.
const { group: _group, guarantee: _guarantee, reset: _reset, ...readingFlags } = inputFlags;

export default class Report extends FreshetCommand {
  static override summary = 'live tables of topics, stores, files or a pipe; or as they are now';
  static override description =
    'Shows each source as a table of its own that is updated in place, with a chart of the key that is picked; ? tells the keys. Of rows that are upserts (those of an aggregate) the newest of each key is shown.';
  static override examples = [
    '<%= config.bin %> report yt_daily yt_monthly report',
    'freshet produce cpu --interval 1s | <%= config.bin %> report',
    '<%= config.bin %> report sqlite:freshet.db#yt_daily mysql://freshet@127.0.0.1/yt#yt_monthly',
    '<%= config.bin %> report --once --from sqlite:freshet.db#yt_daily',
    'freshet produce yt --days 3 | freshet aggregate daily | <%= config.bin %> report --once --format markdown',
    '<%= config.bin %> report yt_daily --once --format html > yt.html',
  ];
  static override args = {
    source: Args.string({
      ignoreStdin: true,
      description: 'a topic, or what --from takes; there may be several, each a table',
      required: false,
    }),
  };
  static override flags = {
    once: Flags.boolean({ description: 'print what there is and end; topics are read as far as they go now' }),
    every: duration({
      exclusive: ['once'],
      description: 'print the tables again after each such time, one below the other; with --plain: what has changed',
    }),
    plain: Flags.boolean({
      exclusive: ['once'],
      description: 'tell what changes as lines of plain text, for a screen reader or a log',
    }),
    limit: count({ default: DEFAULT_LIMIT, description: 'print this many rows; 0: all' }),
    format: Flags.option({
      options: ['table', 'json', 'csv', 'markdown', 'html'] as const,
      default: 'table' as const,
      description: 'how rows are printed; html: one page with tables and charts',
    })(),
    refresh: duration({
      default: DEFAULT_REFRESH,
      defaultHelp: async () => '2s',
      description: 'how often tables of stores are read again',
    }),
    ...readingFlags,
    ...deadLetterFlags,
    ...generalFlags,
  };
  static override strict = false;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags, argv, metadata } = await this.parse(Report);
    const words = [...argv.map((word) => sourceOf(String(word))), ...(flags.from ?? [])];
    await runReport(
      {
        words: words.length === 0 ? ['-'] : words,
        ends: endsOf({ ...flags, every: undefined, format: undefined }),
        choice: flags,
        limit: flags.limit === 0 ? Number.POSITIVE_INFINITY : flags.limit,
        format: flags.format,
        refresh: flags.refresh,
        reporter,
        stop: this.stop,
      },
      {
        once: flags.once,
        plain: flags.plain,
        every: flags.every,
        isFormatGiven: metadata.flags.format?.setFromDefault !== true,
      },
    );
  }
}

/** A positional word: a bare word is a topic. */
function sourceOf(word: string): string {
  if (word === '-' || word.includes('/') || word.includes(':')) return word;
  if (existsSync(word)) {
    throw new UsageError(
      `${word}: a bare word names a topic, and there is a file of that name`,
      `The file is ./${word}, the topic kafka:${word}.`,
    );
  }
  return `kafka:${word}`;
}
