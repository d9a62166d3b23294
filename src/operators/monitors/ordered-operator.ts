import { type Batch, selectedCount } from '../../records/batch.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import { EventTimes } from '../event-times.js';
import { KeyIds } from '../key-ids.js';
import type { Change, Exchangeable, FlushReason, OperatorFigures, Processed, Progress, Refused } from '../operator.js';
import { GROUPS } from '../state-bound.js';
import { Watermarks } from '../watermarks.js';
import { type Finding, FindingRows } from './finding-rows.js';
import { GroupState, type KeptGroup } from './group-state.js';
import { LiveClock } from './live-clock.js';
import { TimedHeap } from './timed-heap.js';

export interface OrderedOptions {
  readonly schema: RecordSchema;
  /** Paths of the fields to group by. */
  readonly by: readonly string[];
  readonly zone: Zone;
  /** Milliseconds that records may come out of order by; 0 unless given. */
  readonly allowedLateness?: number;
  readonly partitions: number;
  readonly kept: boolean;
  /** Whether the input goes on after what there is of it: then the clock counts where it is quiet. */
  readonly live: boolean;
  /** The monitor's name. */
  readonly monitor: string;
  /** What deriveMonitor() gives. */
  readonly output: RecordSchema;
  readonly now: () => number;
}

/**
 * What monitors have in common that go through each group's records in the order of event time. A record is held until
 * time is closed up to it (its partition's watermark less the allowed lateness), so that the order in which records
 * come within that does not matter; without an allowed lateness it is taken at once. What is found is decided record by
 * record, so that neither batches nor flushes have a say in it.
 */
export abstract class OrderedOperator implements Exchangeable {
  readonly reads: readonly string[];
  readonly readsRecords = false;
  readonly output: RecordSchema;
  readonly state: RecordSchema;
  readonly stateKind = GROUPS;
  protected readonly groups: KeyIds;
  protected readonly clock: LiveClock;
  protected readonly watermarks: Watermarks;
  readonly #options: OrderedOptions;
  readonly #lateness: number;
  readonly #times: EventTimes;
  readonly #held: TimedHeap;
  readonly #rows: FindingRows;
  readonly #kept: GroupState;
  /** Groups whose state is another than when changes() was asked for; absent where nobody asks. */
  readonly #changed: Set<number> | undefined;
  /** Times and values that were held where the state comes from, by group: the last row of a group counts. */
  readonly #restored = new Map<number, readonly number[]>();
  #findings: Finding[] = [];

  /**
   * @param values paths that are read besides the group's and the time's
   * @param patience see LiveClock
   * @param measures the names of the numbers that are kept of a group
   */
  constructor(options: OrderedOptions, values: readonly string[], patience: number, measures: readonly string[]) {
    const { schema, by, output, zone, monitor, partitions, kept, now } = options;
    this.#options = options;
    this.#lateness = options.allowedLateness ?? 0;
    this.output = output;
    this.groups = new KeyIds(schema, by);
    this.#times = new EventTimes(schema, now);
    this.#held = new TimedHeap((a, b) => this.groups.compare(a, b));
    this.watermarks = new Watermarks(partitions);
    this.clock = new LiveClock(partitions, patience, now);
    this.#rows = new FindingRows(output, this.groups, zone, monitor);
    this.#kept = new GroupState(schema, output, this.groups, measures);
    this.state = this.#kept.schema;
    this.#changed = kept ? new Set() : undefined;
    this.reads = [...new Set([...by, ...values, ...this.#times.reads])];
  }

  /** The value of each selected row that is compared; a reason where there is none. Undefined: it is passed over. */
  protected abstract valuesOf(batch: Batch): (row: number) => number | string | undefined;
  /** Takes a group's next record. @returns false where it comes too late */
  protected abstract take(group: number, time: number, value: number): boolean;
  /** Time has come to an instant: it is told before the records of that time are taken. */
  protected abstract reach(instant: number): void;
  /** Nothing more will come. @param greatest the greatest event time that was seen */
  protected abstract finish(greatest: number): void;
  protected abstract keptOf(group: number): Omit<KeptGroup, 'held'>;
  protected abstract restoreGroup(group: number, kept: KeptGroup): void;
  protected abstract get states(): number;
  /** Why a record that was not taken came too late. */
  protected abstract readonly tooLate: string;

  process(batch: Batch): Processed {
    const count = selectedCount(batch);
    if (count === 0) return {};
    this.#holdRestored();
    const partition = batch.origin?.partition ?? 0;
    const { times } = this.#times.of(batch);
    const ids = this.groups.assign(batch);
    const valueAtRow = this.valuesOf(batch);
    const refused: Refused[] = [];
    let reached = this.watermarks.reached(partition);
    const before = reached;
    for (let at = 0; at < count; at++) {
      const row = batch.selection === undefined ? at : batch.selection[at];
      const time = times[at];
      const value = valueAtRow(row);
      if (typeof value === 'string') refused.push({ row, late: false, reason: value });
      if (typeof value === 'number' && !this.#accept(ids[at], time, value)) {
        refused.push({ row, late: true, reason: `late: ${this.tooLate}` });
      }
      if (time > reached) {
        reached = time;
        this.watermarks.advance(partition, time);
        this.#release(this.frontier);
      }
    }
    if (reached > before) this.clock.came(partition, reached);
    return refused.length === 0 ? {} : { refused };
  }

  advance(partition: number, instant: number): void {
    this.#holdRestored();
    if (!(instant > this.watermarks.reached(partition))) return;
    this.watermarks.advance(partition, instant);
    this.#release(this.frontier);
    this.clock.came(partition, instant);
  }

  /** What is late here depends on all partitions, record by record. */
  steadyUntil(): number {
    return Number.POSITIVE_INFINITY;
  }

  *flush(reason: FlushReason): Generator<Batch> {
    for (const { rows, as } of this.changes(reason)) if (as === 'rows') yield rows;
  }

  *changes(reason: FlushReason): Generator<Change> {
    this.#holdRestored();
    this.#goOn(reason);
    const findings = this.#findings;
    this.#findings = [];
    for (const rows of this.#rows.batches(findings)) yield { rows, as: 'rows' };
    const changed = [...(this.#changed ?? [])];
    this.#changed?.clear();
    if (changed.length === 0) return;
    const held = this.#heldByGroup();
    const kept = (group: number): KeptGroup => ({ ...this.keptOf(group), held: held.get(group) ?? [] });
    yield { rows: this.#kept.rowsOf(changed, kept), as: 'state' };
  }

  restore(rows: Batch): void {
    for (const [group, kept] of this.#kept.groupsOf(rows)) {
      this.restoreGroup(group, kept);
      this.#restored.set(group, kept.held);
    }
  }

  get progress(): Progress {
    return { ...this.watermarks.progress, window: null };
  }

  resume(progress: Progress): void {
    this.#holdRestored();
    this.watermarks.resume(progress);
    this.clock.resume();
  }

  ended(partition: number): void {
    this.#holdRestored();
    this.watermarks.end(partition);
    this.#release(this.frontier);
  }

  figures(): OperatorFigures {
    const { greatest } = this.watermarks;
    const states = this.states + this.#held.size;
    return { states, ...(Number.isFinite(greatest) ? { watermark: greatest } : {}) };
  }

  /** Records of a time before it are late. */
  protected get frontier(): number {
    return this.watermarks.closed - this.#lateness;
  }

  protected get isLive(): boolean {
    return this.#options.live;
  }

  /** Whether records have come that time is not closed up to. */
  protected get isHolding(): boolean {
    return this.#held.size > 0;
  }

  protected found(finding: Finding): void {
    this.#findings.push(finding);
  }

  protected changed(group: number): void {
    this.#changed?.add(group);
  }

  #accept(group: number, time: number, value: number): boolean {
    if (time < this.frontier) {
      this.reach(this.frontier);
      const taken = this.take(group, time, value);
      if (taken) this.reach(this.frontier);
      return taken;
    }
    this.#held.push(time, group, value);
    this.changed(group);
    // Without an allowed lateness nothing that comes later can come before it.
    if (time === this.frontier && this.#lateness === 0) this.#release(time);
    return true;
  }

  /** Takes the records that are held up to an instant, in their order. */
  #release(instant: number): void {
    const held = this.#held;
    while (held.time < instant || (held.time === instant && this.#lateness === 0)) this.#takeHeld();
    this.reach(instant);
  }

  #takeHeld(): void {
    const { time, key, value } = this.#held;
    this.reach(time);
    this.#held.pop();
    this.take(key, time, value);
    this.changed(key);
  }

  #goOn(reason: FlushReason): void {
    const { live, kept } = this.#options;
    if (reason === 'tick' || kept) {
      if (live) this.watermarks.closeUpTo(this.clock.instant);
      this.#release(this.frontier);
    }
    if (reason === 'idle') {
      while (this.#held.size > 0) this.#takeHeld();
      this.reach(Number.POSITIVE_INFINITY);
    }
    if (reason !== 'end' || kept) return;
    this.watermarks.closeUpTo(this.watermarks.greatest);
    while (this.#held.size > 0) this.#takeHeld();
    if (Number.isFinite(this.watermarks.greatest)) this.reach(this.watermarks.greatest);
    this.finish(this.watermarks.greatest);
  }

  #holdRestored(): void {
    for (const [group, held] of this.#restored) {
      for (let at = 0; at + 1 < held.length; at += 2) this.#held.push(held[at] ?? 0, group, held[at + 1]);
    }
    this.#restored.clear();
  }

  /** What is held, by group: a time, its value, the next time, and so on. */
  #heldByGroup(): Map<number, number[]> {
    const held = new Map<number, number[]>();
    for (const [time, key, value] of this.#held.entries()) {
      const known = held.get(key);
      if (known === undefined) held.set(key, [time, value]);
      else known.push(time, value);
    }
    return held;
  }
}
