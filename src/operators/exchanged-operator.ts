import { type Batch, selectedCount } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import { EventTimes } from './event-times.js';
import type { Exchangeable, Processed, Progress } from './operator.js';
import { PartitionedOperator, type Place } from './partitioned-operator.js';
import { finite } from './watermarks.js';

/** Takes records to the part that has their group. */
export interface Onward {
  /** @param reached the watermark of the rows' partition: the windows that are open at it take them, and no others */
  send(rows: Batch, reached: number): void;
  /** What comes of a partition from now on goes under another watermark. */
  cut(partition: number): void;
  /** Tells every part how far a partition has come, behind what was sent of it. */
  tell(partition: number, reached: number): void;
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
      this.#send(partition, batch);
      return {};
    }
    const part = this.part(exchanged.part);
    if (exchanged.reached !== undefined) part.advance(partition, exchanged.reached);
    return selectedCount(batch) === 0 ? {} : part.process(batch);
  }

  /** Tells the parts how far the partitions have come, where they have not heard of it. */
  tell(): void {
    for (const [partition, mark] of this.#marks) {
      if (mark.told === mark.reached) continue;
      this.#onward?.tell(partition, mark.reached);
      mark.told = mark.reached;
    }
  }

  override drop(part: number): void {
    super.drop(part);
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

  #send(partition: number, batch: Batch): void {
    const { times } = this.#times.of(batch);
    const count = selectedCount(batch);
    const nothing = Number.NEGATIVE_INFINITY;
    let mark = this.#marks.get(partition) ?? this.#reach(partition, nothing, nothing);
    let from = 0;
    let { reached } = mark;
    for (let at = 0; at < count; at++) {
      const time = times[at];
      if (!(time > reached)) continue;
      reached = time;
      if (time < mark.steadyUntil) continue;
      this.#onward?.send(rowsBetween(batch, from, at + 1), mark.reached);
      this.#onward?.cut(partition);
      from = at + 1;
      mark = this.#reach(partition, reached, mark.told);
    }
    if (from < count) this.#onward?.send(rowsBetween(batch, from, count), mark.reached);
    mark.reached = reached;
  }
}

/** Some of the rows that take part. */
function rowsBetween(batch: Batch, from: number, to: number): Batch {
  const { selection, length } = batch;
  if (from === 0 && to === (selection?.length ?? length)) return batch;
  const rows = selection?.subarray(from, to) ?? Int32Array.from({ length: to - from }, (_, at) => from + at);
  return { ...batch, selection: rows };
}
