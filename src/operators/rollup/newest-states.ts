import type { Batch } from '../../records/batch.js';
import { compareTexts } from '../../records/compare.js';
import { nanosOf } from '../../records/time/form.js';
import { formatTime } from '../../records/time/format-time.js';
import type { Zone } from '../../records/time/zone.js';
import { ChangedStates } from './changed-states.js';
import { type Forms, StateForms } from './state-forms.js';
import { StateTable } from './state-table.js';
import type { Winners } from './winners.js';

/** Records whose key and window are known, by their place among those that take part. */
export interface PlacedRecords {
  readonly batch: Batch;
  readonly count: number;
  readonly keys: Int32Array;
  /** Keys lie below this. */
  readonly keyCount: number;
  readonly windows: Int32Array;
  /** Epoch milliseconds. */
  readonly times: Float64Array;
  readonly forms: Forms;
}

/** The newest record of each (key, window), and which of them have changed. */
export class NewestStates {
  readonly table = new StateTable();
  readonly forms = new StateForms();
  readonly winners: Winners;
  /** Since they were taken last; absent where nobody asks. */
  readonly changed: ChangedStates | undefined;
  readonly #zone: Zone;
  #states = new Int32Array(0);
  #winStates = new Int32Array(0);
  #winRows = new Int32Array(0);

  constructor(winners: Winners, zone: Zone, listsChanged: boolean) {
    this.winners = winners;
    this.#zone = zone;
    this.changed = listsChanged ? new ChangedStates() : undefined;
  }

  merge({ batch, count, keys, keyCount, windows, times, forms }: PlacedRecords): void {
    this.#makeRoom(count);
    const { table } = this;
    table.locate(keys, keyCount, windows, count, this.#states);
    this.forms.begin(forms, count, table.top);
    this.changed?.need(table.top);
    this.winners.begin(batch, table.top);
    this.#fold(batch.selection, times, forms, count);
  }

  remove(state: number): void {
    this.table.remove(state);
    this.winners.forget(state);
  }

  #fold(selection: Int32Array | undefined, times: Float64Array, forms: Forms, count: number): void {
    const newest = this.table.times;
    const states = this.#states;
    const winStates = this.#winStates;
    const winRows = this.#winRows;
    const formOf = this.forms.each;
    let wins = 0;
    for (let at = 0; at < count; at++) {
      const state = states[at];
      const time = times[at];
      if (time < newest[state]) continue;
      const row = selection === undefined ? at : selection[at];
      if (time === newest[state]) {
        this.#keep(wins);
        wins = 0;
        if (!this.#isNewer(state, row, typeof forms === 'number' ? forms : forms[at])) continue;
      }
      newest[state] = time;
      if (formOf !== undefined) formOf[state] = typeof forms === 'number' ? forms : forms[at];
      winStates[wins] = state;
      winRows[wins++] = row;
    }
    this.#keep(wins);
  }

  #keep(wins: number): void {
    this.winners.keep(this.#winStates, this.#winRows, wins);
    this.changed?.mark(this.#winStates, wins);
  }

  /**
   * Decides between a row and what its state keeps where their times are equal to the microsecond: by the nanoseconds
   * below it, then by the remaining fields, then by the text of the time (02:00Z and 04:00+02:00 are one instant).
   */
  #isNewer(state: number, row: number, form: number): boolean {
    const kept = this.forms.of(state);
    const nanos = nanosOf(form) - nanosOf(kept);
    if (nanos !== 0) return nanos > 0;
    const order = this.winners.compare(state, row);
    if (order !== 0 || form === kept) return order > 0;
    const time = this.table.times[state];
    return compareTexts(String(formatTime(time, form, this.#zone)), String(formatTime(time, kept, this.#zone))) > 0;
  }

  #makeRoom(count: number): void {
    if (this.#states.length >= count) return;
    this.#states = new Int32Array(count);
    this.#winStates = new Int32Array(count);
    this.#winRows = new Int32Array(count);
  }
}
