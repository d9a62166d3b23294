import type { DeadLetters } from '../pipeline/dead-letters.js';
import type { Metrics, Watcher } from '../pipeline/metrics.js';
import type { Reporter } from './reporter.js';

const FIRST_MS = 1000;
const BETWEEN_MS = 200;

/** Shows a run's figures on a terminal's one line, once it has taken a second. */
export class Progress implements Watcher {
  #last = Number.NEGATIVE_INFINITY;
  #records = 0;
  #over = false;

  /** @param until when the line goes: before the first rows, or at the end of the run */
  constructor(
    readonly reporter: Pick<Reporter, 'progress' | 'clear'>,
    readonly deadLetters: () => Pick<DeadLetters, 'count' | 'late'>,
    readonly until: 'rows' | 'end',
  ) {}

  tick(metrics: Metrics, now: number): void {
    if (this.#over || now - metrics.started < FIRST_MS || now - this.#last < BETWEEN_MS) return;
    const since = this.#last === Number.NEGATIVE_INFINITY ? metrics.started : this.#last;
    const rate = ((metrics.records - this.#records) / (now - since)) * 1000;
    this.#last = now;
    this.#records = metrics.records;
    const { count, late } = this.deadLetters();
    const figures = [
      `${number(metrics.records)} records`,
      `${number(rate)}/s`,
      ...(metrics.states > 0 ? [`${number(metrics.states)} windows`] : []),
      `${number(metrics.rows)} rows`,
      `${number(late)} late`,
      `${number(count)} dead`,
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

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
