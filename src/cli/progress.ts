import type { DeadLetters } from '../pipeline/dead-letters.js';
import type { Metrics, Watcher } from '../pipeline/metrics.js';
import type { Reporter } from './reporter.js';

const FIRST_MS = 1000;
const BETWEEN_MS = 200;

/** What a run's parts tell of it. */
export interface Live extends Pick<DeadLetters, 'count' | 'late'> {
  /** Records that may be read and have not been; absent where the source can't tell. */
  readonly lag?: number;
}

/** Shows a run's figures on a terminal's one line, once it has taken a second. */
export class Progress implements Watcher {
  #last = Number.NEGATIVE_INFINITY;
  #records = 0;
  #over = false;

  /** @param until when the line goes: before the first rows, or at the end of the run */
  constructor(
    readonly reporter: Pick<Reporter, 'progress' | 'clear'>,
    readonly live: () => Live,
    readonly until: 'rows' | 'end',
    readonly now: () => number = Date.now,
  ) {}

  tick(metrics: Metrics, now: number): void {
    if (this.#over || now - metrics.started < FIRST_MS || now - this.#last < BETWEEN_MS) return;
    const since = this.#last === Number.NEGATIVE_INFINITY ? metrics.started : this.#last;
    const rate = ((metrics.records - this.#records) / (now - since)) * 1000;
    this.#last = now;
    this.#records = metrics.records;
    const { count, late, lag } = this.live();
    const figures = [
      `${number(metrics.records)} records`,
      `${number(rate)}/s`,
      ...(lag === undefined ? [] : [`lag ${number(lag)}`]),
      ...(metrics.states > 0 ? [`${number(metrics.states)} windows`] : []),
      `${number(metrics.rows)} rows`,
      `${number(late)} late`,
      `${number(count)} dead`,
      ...(metrics.watermark === undefined ? [] : [reached(metrics.watermark, this.now())]),
    ];
    this.reporter.progress(figures.join('  '));
  }

  rowsBegin(): void {
    if (this.until === 'rows') this.end();
  }

  end(): void {
    this.#over = true;
    this.reporter.clear();
  }
}

/**
 * How far event time has come, and how far that is from the clock: `2017-08-02T10:00:00Z, 3s behind`; where it is days,
 * without the time of day.
 */
function reached(watermark: number, now: number): string {
  const delay = Math.round((now - watermark) / 1000);
  const text = new Date(watermark).toISOString();
  const time = Math.abs(delay) >= 2 * DAY ? text.slice(0, 10) : `${text.slice(0, 19)}Z`;
  return delay < 0 ? `${time}, ${coarse(-delay)} ahead` : `${time}, ${coarse(delay)} behind`;
}

const DAY = 86_400;

const UNITS = [
  ['d', DAY],
  ['h', 3600],
  ['m', 60],
] as const;

function coarse(seconds: number): string {
  const [unit, size] = UNITS.find(([, least]) => seconds >= 2 * least) ?? ['s', 1];
  return `${number(seconds / size)}${unit}`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
