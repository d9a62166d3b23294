import { UsageError } from '../../records/errors.js';
import type { ReportPlan } from './report-plan.js';

/** How a report is to be shown. */
export interface Showing {
  readonly once: boolean;
  readonly plain: boolean;
  /** Milliseconds. */
  readonly every: number | undefined;
  /** Whether --format was given: then tables are wanted, not a screen. */
  readonly isFormatGiven: boolean;
}

/** How often plain lines are told. */
const PLAIN_EVERY = 2000;
/** What the live view needs at least; tui/draw/frame.ts draws no less. */
const LEAST = { columns: 60, rows: 16 };

/** Shows a report as its flags and the terminal allow. */
export async function runReport(plan: ReportPlan, { once, plain, every, isFormatGiven }: Showing): Promise<void> {
  if (every === 0) throw new UsageError('--every 0: a time is needed', 'For example: --every 10s');
  if (plain && isFormatGiven) throw new UsageError('--plain has no --format', 'Leave one of the two away.');
  if (every !== undefined && plan.format === 'html') {
    throw new UsageError('--every prints again and again, and html is one page', 'Print it with --once.');
  }
  if (plain) {
    const { reportPlain } = await import('./plain-report.js');
    return reportPlain({ ...plan, every: every ?? PLAIN_EVERY });
  }
  if (every !== undefined) {
    const { reportAppended } = await import('./appended-report.js');
    return reportAppended({ ...plan, every });
  }
  const lacking = once || isFormatGiven ? '' : lackOfTerminal();
  if (!once && !isFormatGiven && lacking === undefined) {
    if (plan.words.includes('-') && process.stdin.isTTY) {
      throw new UsageError(
        'there is nothing to show: standard input is the terminal, which keys come from',
        'Name a topic, a store or a file, or pipe records into it: … | freshet report',
      );
    }
    const { reportLive } = await import('./live-report.js');
    return reportLive(plan);
  }
  if (lacking !== undefined && lacking !== '')
    plan.reporter.warn(`${lacking}: these are the tables as of now (--once)`);
  const { reportOnce } = await import('./once-report.js');
  return reportOnce(plan);
}

/** Why there can be no live view; undefined where there can. */
function lackOfTerminal(): string | undefined {
  const { isTTY, columns, rows } = process.stdout;
  if (isTTY !== true) return 'standard output is no terminal';
  if (process.env.TERM === 'dumb') return 'the terminal can move no cursor (TERM=dumb)';
  if (columns >= LEAST.columns && rows >= LEAST.rows) return undefined;
  return `the terminal has ${columns}×${rows} characters, and the live view needs ${LEAST.columns}×${LEAST.rows}`;
}
