import type { Batch } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import type { Change, FlushReason, Operator, OperatorFigures, Processed, Progress, Restorable } from './operator.js';
import type { StateKind } from './state-bound.js';

/** Where the records of a partition go. */
export interface Place {
  readonly part: number;
  /** Its number within the part, from 0: it has a watermark of its own. */
  readonly partition: number;
}

/**
 * One operator for each partition of the input, so that a partition's state can come and go: copies of a run share the
 * partitions, and closing and lateness depend on a partition alone, however many copies there are.
 */
export class PartitionedOperator<Part extends Restorable = Restorable> implements Operator {
  readonly reads: readonly string[];
  readonly readsRecords: boolean;
  readonly output: RecordSchema;
  readonly stateKind?: StateKind;
  /** The type of the rows that state is kept as. */
  readonly state: RecordSchema;
  readonly #make: () => Part;
  readonly #places: readonly Place[];
  readonly #parts = new Map<number, Part>();

  /**
   * @param make an operator for one part
   * @param places by partition of the pipeline: the part that it belongs to, and its number there
   */
  constructor(make: () => Part, places: readonly Place[]) {
    this.#make = make;
    this.#places = places;
    const { reads, readsRecords, output, state, stateKind } = make();
    this.reads = reads;
    this.readsRecords = readsRecords;
    this.output = output;
    this.state = state;
    if (stateKind !== undefined) this.stateKind = stateKind;
  }

  /** How many parts there are, whoever has them. */
  get partCount(): number {
    return new Set(this.#places.map(({ part }) => part)).size;
  }

  partOf(partition: number): number {
    return this.placeOf(partition).part;
  }

  /** All of a batch is of one partition. */
  process(batch: Batch): Processed {
    const { origin } = batch;
    const { part, partition } = this.placeOf(origin?.partition ?? 0);
    return this.part(part).process(origin === undefined ? batch : { ...batch, origin: { ...origin, partition } });
  }

  *flush(reason: FlushReason): Generator<Batch> {
    for (const { rows, as } of this.changes(reason)) if (as === 'rows' || as === 'both') yield rows;
  }

  /**
   * Of all parts, one after the other. Each batch is borrowed until the next is asked for.
   * @param some the parts that the reason is of; for others it is an interval that has passed
   */
  *changes(reason: FlushReason, some?: ReadonlySet<number>): Generator<Change & { readonly part: number }> {
    for (const [part, operator] of [...this.#parts].sort(([a], [b]) => a - b)) {
      for (const change of operator.changes(some?.has(part) === false ? 'tick' : reason)) yield { ...change, part };
    }
  }

  /** The parts that are here and have had records. */
  get parts(): ReadonlyMap<number, Part> {
    return this.#parts;
  }

  /** Puts back what a part's changes were elsewhere. */
  restore(part: number, rows: Batch): void {
    this.part(part).restore(rows);
  }

  /** After the last restore(). */
  resume(part: number, progress: Progress): void {
    this.part(part).resume(progress);
  }

  /** How far time has come in a part; undefined where it has had no record. */
  progress(part: number): Progress | undefined {
    return this.#parts.get(part)?.progress;
  }

  /** Forgets a part: another copy has it now. */
  drop(part: number): void {
    this.#parts.get(part)?.close?.();
    this.#parts.delete(part);
  }

  figures(): OperatorFigures {
    let states = 0;
    let watermark: number | undefined;
    for (const part of this.#parts.values()) {
      const figures = part.figures();
      states += figures.states;
      if (figures.watermark !== undefined) watermark = Math.max(watermark ?? figures.watermark, figures.watermark);
    }
    return { states, ...(watermark === undefined ? {} : { watermark }) };
  }

  protected placeOf(partition: number): Place {
    return this.#places[partition] ?? { part: partition, partition: 0 };
  }

  protected part(part: number): Part {
    let operator = this.#parts.get(part);
    if (operator === undefined) {
      operator = this.#make();
      this.#parts.set(part, operator);
    }
    return operator;
  }
}
