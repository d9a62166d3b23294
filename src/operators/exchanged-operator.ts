import { type Batch, selectedCount } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import { EventTimes } from './event-times.js';
import type { Exchangeable, Processed, Progress, Refused } from './operator.js';
import { PartitionedOperator, type Place } from './partitioned-operator.js';
import { finite } from './watermarks.js';

/** Some of a batch's rows, which go under one watermark. */
export interface Stretch {
  /** Behind the last of them, among the rows that take part; they begin where those before end. */
  readonly to: number;
  /** The windows that are open at it take them, and no others. */
  readonly reached: number;
}

/** Takes records to the part that has their group. */
export interface Onward {
  /** The part of each row that takes part. */
  partsOf(rows: Batch): Int32Array;
  /** What comes next of the partition may go under the last watermark. The rows are borrowed. */
  send(rows: Batch, stretches: readonly Stretch[]): void;
  /** Tells parts how far a partition has come, behind what was sent of it. */
  tell(partition: number, reached: number, parts: readonly number[]): void;
  /** Forgets what of a partition is not on its way yet. */
  drop(partition: number): void;
}

/**
 * A PartitionedOperator of groups that lie across partitions. What a partition brings is sent on to the part that its
 * group belongs to, and comes back as a batch that is `exchanged`, perhaps to another copy. With it comes the
 * partition's watermark as it was then, so that what is late and what is final is as it were if one operator had read
 * all partitions: sent records are cut where the watermark enters another window.
 */
export class ExchangedOperator extends PartitionedOperator<Exchangeable> {
  /** What is sent on is bytes. */
  override readonly readsRecords = true;
  /** Paths of the fields that groups have. */
  readonly by: readonly string[];
  readonly #times: EventTimes;
  readonly #sources: readonly number[];
  /** By partition: its watermark, up to which window it is the same, and what the parts have heard of it. */
  readonly #marks = new Map<number, { reached: number; steadyUntil: number; told: number }>();
  /** See Exchangeable: it says the same in every part. */
  readonly #steadyUntil: (reached: number) => number;
  /** The parts that are here, and have all that was sent to them: records for them need not be sent. */
  readonly #here = new Set<number>();
  #onward: Onward | undefined;

  /**
   * @param of the records' type, and the fields of their groups
   * @param make an operator for one part, whose partitions are numbered as those of the input are
   * @param sources by partition of the input: the part whose copy sends its records on
   */
  constructor(
    of: { readonly schema: RecordSchema; readonly by: readonly string[] },
    make: () => Exchangeable,
    sources: readonly number[],
    now: () => number,
  ) {
    super(
      make,
      sources.map((part): Place => ({ part, partition: 0 })),
    );
    this.#times = new EventTimes(of.schema, now);
    this.by = of.by;
    this.#sources = sources;
    const any = make();
    this.#steadyUntil = (reached) => any.steadyUntil(reached);
  }

  /** Where records are sent to; to be set before the first. */
  set onward(onward: Onward) {
    this.#onward = onward;
  }

  /** Behind the partitions of the input are those that bring what was sent on, one for each part. */
  protected override placeOf(partition: number): Place {
    const part = this.#sources[partition] ?? partition - this.#sources.length;
    return { part, partition: 0 };
  }

  override process(batch: Batch): Processed {
    const partition = batch.origin?.partition ?? 0;
    const { exchanged } = batch;
    if (exchanged === undefined) {
      const refused = this.#deliver(partition, batch);
      return refused.length === 0 ? {} : { refused };
    }
    const part = this.part(exchanged.part);
    if (exchanged.reached !== undefined) part.advance(partition, exchanged.reached);
    return selectedCount(batch) === 0 ? {} : part.process(batch);
  }

  /** Tells the parts how far the partitions have come, where they have not heard of it. */
  tell(): void {
    const others = Array.from({ length: this.partCount }, (_, part) => part).filter((part) => !this.#here.has(part));
    for (const [partition, mark] of this.#marks) {
      if (mark.told === mark.reached) continue;
      for (const part of this.#here) this.part(part).advance(partition, mark.reached);
      if (others.length > 0) this.#onward?.tell(partition, mark.reached, others);
      mark.told = mark.reached;
    }
  }

  /** All that was ever sent to these parts is in their state, and nothing is read of the input before this. */
  keepHere(parts: Iterable<number>): void {
    for (const part of parts) this.#here.add(part);
    // What a part has heard of partitions it may have heard elsewhere.
    for (const mark of this.#marks.values()) mark.told = Number.NEGATIVE_INFINITY;
  }

  override drop(part: number): void {
    super.drop(part);
    this.#here.delete(part);
    for (const partition of this.#sourcesOf(part)) {
      this.#marks.delete(partition);
      this.#onward?.drop(partition);
    }
  }

  override progress(part: number): Progress {
    const sources = this.#sourcesOf(part).map((partition) => finite(this.#marks.get(partition)?.reached));
    return { ...this.part(part).progress, sources };
  }

  override resume(part: number, progress: Progress): void {
    super.resume(part, progress);
    this.#sourcesOf(part).forEach((partition, at) => {
      const reached = progress.sources?.[at] ?? null;
      if (reached !== null) this.#reach(partition, reached, Number.NEGATIVE_INFINITY);
    });
  }

  #sourcesOf(part: number): number[] {
    return this.#sources.flatMap((one, partition) => (one === part ? partition : []));
  }

  #reach(partition: number, reached: number, told: number): { reached: number; steadyUntil: number; told: number } {
    const mark = { reached, steadyUntil: this.#steadyUntil(reached), told };
    this.#marks.set(partition, mark);
    return mark;
  }

  /** Takes a batch to the parts. @returns what those that are here have refused */
  #deliver(partition: number, batch: Batch): Refused[] {
    const stretches = this.#stretches(partition, batch);
    const onward = this.#onward;
    if (onward === undefined || stretches.length === 0) return [];
    if (this.#here.size === 0) {
      onward.send(batch, stretches);
      return [];
    }
    const parts = onward.partsOf(batch);
    const refused: Refused[] = [];
    let from = 0;
    for (const { to, reached } of stretches) {
      for (const part of this.#here) {
        const operator = this.part(part);
        if (Number.isFinite(reached)) operator.advance(partition, reached);
        const rows = rowsOf(batch, from, to, (at) => parts[at] === part);
        if (rows.length > 0) refused.push(...(operator.process({ ...batch, selection: rows }).refused ?? []));
      }
      from = to;
    }
    this.#sendOthers(batch, parts, stretches);
    return refused;
  }

  #sendOthers(batch: Batch, parts: Int32Array, stretches: readonly Stretch[]): void {
    if (this.#here.size === this.partCount) return;
    const isElsewhere = (at: number): boolean => !this.#here.has(parts[at]);
    let [from, count] = [0, 0];
    const theirs = stretches.map(({ to, reached }): Stretch => {
      count += rowsOf(batch, from, to, isElsewhere).length;
      from = to;
      return { to: count, reached };
    });
    this.#onward?.send({ ...batch, selection: rowsOf(batch, 0, parts.length, isElsewhere) }, theirs);
  }

  /** Cuts a batch where the watermark enters another window. */
  #stretches(partition: number, batch: Batch): Stretch[] {
    const { times } = this.#times.of(batch);
    const count = selectedCount(batch);
    const nothing = Number.NEGATIVE_INFINITY;
    const stretches: Stretch[] = [];
    let mark = this.#marks.get(partition) ?? this.#reach(partition, nothing, nothing);
    let { reached } = mark;
    for (let at = 0; at < count; at++) {
      const time = times[at];
      if (!(time > reached)) continue;
      reached = time;
      if (time < mark.steadyUntil) continue;
      stretches.push({ to: at + 1, reached: mark.reached });
      mark = this.#reach(partition, reached, mark.told);
    }
    // What is behind the last cut goes under the watermark of it.
    if (count > 0) stretches.push({ to: count, reached: mark.reached });
    mark.reached = reached;
    return stretches;
  }
}

/** Some of the rows that take part, by their place among them. */
function rowsOf({ selection }: Batch, from: number, to: number, holds: (at: number) => boolean): Int32Array {
  const rows = new Int32Array(to - from);
  let count = 0;
  for (let at = from; at < to; at++) if (holds(at)) rows[count++] = selection?.[at] ?? at;
  return rows.subarray(0, count);
}
