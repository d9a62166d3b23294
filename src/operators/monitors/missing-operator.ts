import type { Batch } from '../../records/batch.js';
import { formatDuration } from '../../records/time/duration.js';
import { formatIso } from '../../records/time/format-time.js';
import type { Row } from '../../records/value.js';
import type { KeptGroup } from './group-state.js';
import { OrderedOperator, type OrderedOptions } from './ordered-operator.js';
import { TimedHeap } from './timed-heap.js';

export interface MissingOptions extends OrderedOptions {
  /** Milliseconds without a record after which a group is missing. */
  readonly silence: number;
  /** Groups that are expected from the start: a batch with the columns of --by. */
  readonly expected?: Batch;
}

const MEASURES = ['(last)', '(since)', '(silent)'];
const FIRST_ROOM = 64;

/**
 * `monitor missing`: which groups have had no record for longer than `silence` of event time, and which that were
 * expected have had none at all. A group's silence begins with its last record, an expected one's with the first record
 * of all; it is told once, when time has come further than its end, and once more when the group is back. A record that
 * is further behind than a silence when it comes neither ends one nor begins one.
 */
export class MissingOperator extends OrderedOperator {
  protected readonly tooLate: string;
  readonly #silence: number;
  readonly #options: MissingOptions;
  readonly #timers: TimedHeap;
  readonly #expected: readonly number[];
  /** The time of the first record; NaN before it. */
  #first = Number.NaN;
  /** Where time has come to. */
  #instant = Number.NEGATIVE_INFINITY;
  /** By group: its last record, and where an expected one's silence began; NaN: neither. */
  #last = new Float64Array(FIRST_ROOM).fill(Number.NaN);
  #since = new Float64Array(FIRST_ROOM).fill(Number.NaN);
  /** By group: 1 while it is missing, and 1 while it has a timer. */
  #silent = new Uint8Array(FIRST_ROOM);
  #timed = new Uint8Array(FIRST_ROOM);

  constructor(options: MissingOptions) {
    super(options, [], options.silence, MEASURES);
    this.#options = options;
    this.#silence = options.silence;
    this.tooLate = `it came more than ${formatDuration(options.silence)} behind the others`;
    this.#timers = new TimedHeap((a, b) => this.groups.compare(a, b));
    this.#expected = options.expected === undefined ? [] : [...new Set(this.groups.assign(options.expected))];
    this.#makeRoom();
  }

  protected valuesOf(): () => number {
    this.#makeRoom();
    return () => 0;
  }

  /** A record that is older than the group's last one says nothing new, and is not late either. */
  protected take(group: number, time: number): boolean {
    const before = this.#last[group];
    if (time <= before) return true;
    if (time + this.#silence < this.#instant) {
      // A group that is new takes room all the same.
      if (Number.isNaN(this.#start(group))) this.changed(group);
      return false;
    }
    this.#begin(time);
    if (this.#silent[group] === 1) this.#back(group, time);
    this.#last[group] = time;
    this.#silent[group] = 0;
    this.#watch(group);
    this.changed(group);
    return true;
  }

  protected reach(instant: number): void {
    // Where nothing has come for a while all timers are over, and time stands where it was.
    if (instant < Number.POSITIVE_INFINITY) this.#instant = instant;
    const timers = this.#timers;
    while (timers.time < instant) {
      const { time, key } = timers;
      timers.pop();
      this.#timed[key] = 0;
      if (this.#silent[key] === 1) continue;
      // Records have come since the timer was set.
      if (this.#deadline(key) > time) this.#watch(key);
      else this.#missing(key, this.#start(key), this.#deadline(key));
    }
    if (this.isLive && Number.isNaN(this.#first) && !this.isHolding) this.#expectByClock();
  }

  protected finish(greatest: number): void {
    const now = this.#options.now();
    for (const group of this.#expected) {
      if (!Number.isNaN(this.#last[group]) || this.#silent[group] === 1) continue;
      const start = Number.isNaN(this.#first) ? now : this.#first;
      this.#missing(group, start, Number.isFinite(greatest) ? Math.max(start, greatest) : start);
    }
  }

  protected keptOf(group: number): Omit<KeptGroup, 'held'> {
    const number = (value: number): number | null => (Number.isNaN(value) ? null : value);
    const [last, since] = [number(this.#last[group]), number(this.#since[group])];
    return { numbers: { '(last)': last, '(since)': since, '(silent)': this.#silent[group] }, history: [] };
  }

  protected restoreGroup(group: number, { numbers }: KeptGroup): void {
    this.#makeRoom();
    this.#last[group] = numbers['(last)'] ?? Number.NaN;
    this.#since[group] = numbers['(since)'] ?? Number.NaN;
    this.#silent[group] = numbers['(silent)'] ?? 0;
    // What is not expected any more and never came is no group.
    if (!Number.isNaN(this.#start(group))) this.#watch(group);
    if (!Number.isNaN(this.#since[group])) this.#first = this.#since[group];
  }

  protected get states(): number {
    return this.groups.size;
  }

  /** With the first record the expected groups' silence begins. */
  #begin(time: number): void {
    if (!Number.isNaN(this.#first)) return;
    this.#first = time;
    for (const group of this.#expected) {
      if (!Number.isNaN(this.#start(group)) || this.#silent[group] === 1) continue;
      this.#since[group] = time;
      this.#watch(group);
      this.changed(group);
    }
  }

  /** Of a live stream that has brought nothing at all the clock alone can tell. */
  #expectByClock(): void {
    const { elapsed, now } = this.clock;
    if (elapsed <= this.#silence) return;
    for (const group of this.#expected) {
      if (Number.isNaN(this.#start(group)) && this.#silent[group] === 0) {
        this.#missing(group, now - elapsed, now - elapsed + this.#silence);
      }
    }
  }

  /** When a group's silence began: an expected one's not before the first record of all. */
  #start(group: number): number {
    const [last, since] = [this.#last[group], this.#since[group]];
    return Number.isNaN(last) || since > last ? since : last;
  }

  #deadline(group: number): number {
    return this.#start(group) + this.#silence;
  }

  #watch(group: number): void {
    if (this.#timed[group] === 1 || this.#silent[group] === 1) return;
    this.#timed[group] = 1;
    this.#timers.push(this.#deadline(group), group);
  }

  #missing(group: number, start: number, end: number): void {
    const last = this.#last[group];
    this.#silent[group] = 1;
    this.changed(group);
    const reason = Number.isNaN(last)
      ? 'it was expected and never came'
      : `nothing came for more than ${formatDuration(this.#silence)}`;
    this.found({ group, start, end, isBreach: true, reason, own: this.#own(last, end - start) });
  }

  #back(group: number, time: number): void {
    const last = this.#last[group];
    const begun = this.#start(group);
    const start = Number.isNaN(begun) ? time : begun;
    const silence = Math.max(0, time - start);
    const reason = Number.isNaN(last) ? 'it has come' : `it is back after ${formatDuration(silence)}`;
    this.found({ group, start, end: time, isBreach: false, reason, own: this.#own(last, silence) });
  }

  #own(last: number, silence: number): Row {
    const { zone } = this.#options;
    const seen = Number.isNaN(last) ? null : formatIso(Math.floor(last), zone);
    return { last_seen: seen, silence: Math.round(silence) };
  }

  #makeRoom(): void {
    const { size } = this.groups;
    if (this.#last.length >= size) return;
    const room = Math.max(size, this.#last.length * 2);
    const [last, since] = [new Float64Array(room).fill(Number.NaN), new Float64Array(room).fill(Number.NaN)];
    const [silent, timed] = [new Uint8Array(room), new Uint8Array(room)];
    last.set(this.#last);
    since.set(this.#since);
    silent.set(this.#silent);
    timed.set(this.#timed);
    this.#last = last;
    this.#since = since;
    this.#silent = silent;
    this.#timed = timed;
  }
}
