import type { Batch } from '../../records/batch.js';
import { shapeOf } from '../../records/row-shape.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Alerts } from './alerts.js';
import { LiveTable } from './live-table.js';
import { Rate } from './rate.js';

/** How a source is: it has said nothing yet, goes on, is at its end, can't be read for a while, or failed for good. */
export type SourceState =
  | { readonly kind: 'waiting' | 'live' | 'ended' }
  /** since: of the clock that changes are marked with. */
  | { readonly kind: 'away'; readonly reason: string; readonly since: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** Figures that a source's reader tells. */
export interface SourceFigures {
  readonly lag?: number;
  /** Records that did not fit. */
  readonly dead: number;
}

/** One topic, store or pipe of a live report. */
export class LiveSource {
  readonly rate = new Rate();
  state: SourceState = { kind: 'waiting' };
  figures: () => SourceFigures = () => ({ dead: 0 });
  #table: LiveTable | undefined;
  #records = 0;

  /** @param name as it is shown  @param mirrors whether it is a table that is read again and again */
  constructor(
    readonly name: string,
    readonly mirrors: boolean,
    readonly alerts: Alerts,
    readonly clock: () => number = () => performance.now(),
  ) {}

  /** Absent until its rows' type is known. */
  get table(): LiveTable | undefined {
    return this.#table;
  }

  get records(): number {
    return this.#records;
  }

  /** Tells what rows will come. */
  open(schema: RecordSchema): void {
    if (this.#table === undefined) this.#table = new LiveTable(shapeOf(schema), { mirrors: this.mirrors });
    else this.#table.beginRound();
    if (this.state.kind === 'waiting') this.state = { kind: 'live' };
  }

  /** All rows of a table that is read again and again were written. */
  endRound(): void {
    this.#table?.endRound();
    this.state = { kind: 'live' };
  }

  /** It can't be read, and is tried again. */
  away(reason: string): void {
    this.state = { kind: 'away', reason, since: this.state.kind === 'away' ? this.state.since : this.clock() };
  }

  /** @param onChange told the slot of each row that is new or changed */
  write(batch: Batch, onChange?: (slot: number) => void): void {
    const table = this.#table;
    if (table === undefined) return;
    const now = this.clock();
    const count = batch.selection?.length ?? batch.length;
    const before = table.counts.changes;
    const note =
      table.shape.monitor === undefined ? undefined : (slot: number) => this.alerts.note(this.name, table, slot);
    table.write(
      batch,
      now,
      note === undefined && onChange === undefined
        ? undefined
        : (slot) => {
            note?.(slot);
            onChange?.(slot);
          },
    );
    this.#records += count;
    // Of a table that is read again, what is as it was is no news.
    this.rate.add(this.mirrors ? table.counts.changes - before : count, now);
  }
}
