import type { DeadLetters } from '../pipeline/dead-letters.js';
import type { Metrics } from '../pipeline/metrics.js';
import type { Reporter } from './reporter.js';

const FIRST_MS = 1000;
const BETWEEN_MS = 200;

/** Shows a run's figures on a terminal's one line, once it has taken a second. */
export class Progress {
  #last = Number.NEGATIVE_INFINITY;
  #records = 0;

  constructor(
    readonly reporter: Reporter,
    readonly deadLetters: () => Pick<DeadLetters, 'count' | 'late'>,
  ) {}

  tick(metrics: Metrics, now: number): void {
    if (now - metrics.started < FIRST_MS || now - this.#last < BETWEEN_MS) return;
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
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
