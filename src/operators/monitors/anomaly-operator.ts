import { type Batch, columnOf } from '../../records/batch.js';
import { isNull } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { formatDuration } from '../../records/time/duration.js';
import type { KeptGroup } from './group-state.js';
import { OrderedOperator, type OrderedOptions } from './ordered-operator.js';
import { shortNumber } from './short-number.js';
import { ValueHistory } from './value-history.js';

export interface AnomalyOptions extends OrderedOptions {
  /** The path of a field of numbers. */
  readonly field: string;
  /** Fixed bounds, themselves allowed. */
  readonly low?: number;
  readonly high?: number;
  /** A greater modified z-score, up or down, is a breach; it is taken over so many values before. */
  readonly zScore?: { readonly max: number; readonly history: number };
  /** A greater change within so many milliseconds is a breach. */
  readonly change?: { readonly max: number; readonly per: number };
  /** So many first values of each group raise nothing. */
  readonly warmUp: number;
}

interface Group {
  /** How many values it has had. */
  count: number;
  last: number;
  time: number;
  isBreached: boolean;
  readonly history: ValueHistory;
}

/** Why a value is out of the ordinary, and what it was compared with. */
interface Anomaly {
  readonly check: 'low' | 'high' | 'z-score' | 'change';
  readonly with: number;
  /** The z-score, or the change in the time that it is measured by; null where it is greater than a double can be. */
  readonly score: number | null;
  readonly reason: string;
}

/** Records that are older than this when they come are a replay's. */
const QUIET_MS = 10_000;
const MEASURES = ['(count)', '(last)', '(time)', '(breached)'];

/**
 * `monitor anomaly`: which values are out of fixed bounds, far from the median of the values before, or change too
 * fast. Each group is a series of its own, in the order of event time; a value counts in the history of those that
 * follow, be it an anomaly or not, so that a new level becomes the ordinary one. A row is given for each anomaly, and
 * for the first value after one that is none.
 */
export class AnomalyOperator extends OrderedOperator {
  protected readonly tooLate = 'newer records of its group were taken before';
  readonly #options: AnomalyOptions;
  /** By group's number. */
  readonly #groups: (Group | undefined)[] = [];
  #count = 0;

  constructor(options: AnomalyOptions) {
    super(options, [options.field], Math.max(options.allowedLateness ?? 0, QUIET_MS), MEASURES);
    this.#options = options;
  }

  protected valuesOf(batch: Batch): (row: number) => number | string | undefined {
    const { field } = this.#options;
    const column = columnOf(batch, field);
    if (column.kind !== 'float64' && column.kind !== 'int64') return bug(`column ${field} holds ${column.kind}`);
    return (row) => {
      if (isNull(column, row)) return undefined;
      // −0 becomes 0: of the two at one time neither comes first.
      const value = Number(column.values[row]) + 0;
      return Number.isFinite(value) ? value : `field ${field} is ${value}, which compares with nothing`;
    };
  }

  protected take(group: number, time: number, value: number): boolean {
    const known = this.#groups[group] ?? this.#add(group);
    if (time < known.time) return false;
    const anomalies = known.count < this.#options.warmUp ? [] : this.#check(known, time, value);
    const [first] = anomalies;
    const { field } = this.#options;
    if (first !== undefined) {
      const reason = anomalies.map((one) => one.reason).join(', and ');
      const own = { value, check: first.check, compared_with: first.with, score: first.score };
      this.found({ group, start: time, end: time, isBreach: true, reason: `${field} ${reason}`, own });
    } else if (known.isBreached) {
      const reason = `${field} is ${shortNumber(value)} and in order again`;
      const own = { value, check: null, compared_with: null, score: null };
      this.found({ group, start: time, end: time, isBreach: false, reason, own });
    }
    known.isBreached = first !== undefined;
    known.count++;
    known.last = value;
    known.time = time;
    known.history.add(value);
    this.changed(group);
    return true;
  }

  protected reach(): void {}

  protected finish(): void {}

  protected keptOf(group: number): Omit<KeptGroup, 'held'> {
    const { count, last, time, isBreached, history } = this.#groups[group] ?? this.#add(group);
    const numbers = {
      '(count)': count,
      '(last)': last,
      '(time)': Number.isFinite(time) ? time : null,
      '(breached)': isBreached ? 1 : 0,
    };
    return { numbers, history: history.values };
  }

  protected restoreGroup(group: number, { numbers, history }: KeptGroup): void {
    const restored = this.#add(group);
    restored.count = numbers['(count)'] ?? 0;
    restored.last = numbers['(last)'] ?? 0;
    restored.time = numbers['(time)'] ?? Number.NEGATIVE_INFINITY;
    restored.isBreached = numbers['(breached)'] === 1;
    for (const value of history) restored.history.add(value);
  }

  protected get states(): number {
    return this.#count;
  }

  #add(group: number): Group {
    if (this.#groups[group] === undefined) this.#count++;
    const history = new ValueHistory(this.#options.zScore?.history ?? 1);
    const added = { count: 0, last: 0, time: Number.NEGATIVE_INFINITY, isBreached: false, history };
    this.#groups[group] = added;
    return added;
  }

  #check({ count, last, time: before, history }: Group, time: number, value: number): Anomaly[] {
    const { low, high, zScore, change } = this.#options;
    const found: Anomaly[] = [];
    if (low !== undefined && value < low) {
      found.push({ check: 'low', with: low, score: null, reason: `is ${shortNumber(value, low)}, less than ${low}` });
    }
    if (high !== undefined && value > high) {
      const reason = `is ${shortNumber(value, high)}, more than ${high}`;
      found.push({ check: 'high', with: high, score: null, reason });
    }
    const score = zScore === undefined ? undefined : history.scoreOf(value);
    if (zScore !== undefined && score !== undefined && Math.abs(score.score) > zScore.max) {
      const size = shortNumber(Math.abs(score.score), zScore.max);
      const reason = `is ${shortNumber(value, score.median)}, ${size} robust deviations from the median ${shortNumber(score.median)} of the last ${Math.min(count, zScore.history)} values, more than ${zScore.max}`;
      found.push({ check: 'z-score', with: score.median, score: finite(score.score), reason });
    }
    // Of two values at one time nobody can tell how fast it went.
    if (change !== undefined && count > 0 && time > before) {
      const rate = ((value - last) / (time - before)) * change.per;
      if (Math.abs(rate) > change.max) {
        const way = rate > 0 ? 'rose' : 'fell';
        const reason = `${way} by ${shortNumber(Math.abs(value - last))} in ${formatDuration(time - before)}, more than ${change.max} in ${formatDuration(change.per)}`;
        found.push({ check: 'change', with: last, score: finite(rate), reason });
      }
    }
    return found;
  }
}

function finite(score: number): number | null {
  return Number.isFinite(score) ? score : null;
}
