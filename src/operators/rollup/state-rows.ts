import type { Batch } from '../../records/batch.js';
import type { Column, TimeColumn } from '../../records/columns.js';
import { TextDictionary } from '../../records/dictionary.js';
import { bug } from '../../records/errors.js';
import type { Field, RecordSchema } from '../../records/schema.js';
import type { Calendar } from '../../records/time/calendar.js';
import type { KeyIds } from '../key-ids.js';
import type { NewestStates } from './newest-states.js';
import { ReusedColumn } from './reused-column.js';
import { type SortedStates, sortStates } from './state-order.js';

const BATCH = 4096;

/** What a rollup keeps of its states. */
interface Kept {
  readonly output: RecordSchema;
  readonly calendar: Calendar;
  readonly keys: KeyIds;
  readonly states: NewestStates;
}

/** Makes rows of states. */
export class StateRows {
  readonly #kept: Kept;
  readonly #millis = new ReusedColumn(Float64Array);
  readonly #labelIds = new ReusedColumn(Int32Array);

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /**
   * Rows of some states, or of all (undefined), ordered by (window, key). Each batch is borrowed until the next is asked
   * for; states are neither added nor removed before the last.
   */
  *of(chosen: Int32Array | undefined): Generator<Batch> {
    const { states, keys } = this.#kept;
    for (const sorted of sortStates(chosen, states.table, keys, BATCH)) yield* this.#batches(sorted);
  }

  *#batches({ states, keys }: SortedStates): Generator<Batch> {
    for (let start = 0; start < states.length; start += BATCH) {
      let from = start;
      for (const run of this.#kept.states.winners.runs(states.subarray(start, start + BATCH))) {
        yield this.#batch(run, keys.subarray(from, from + run.length));
        from += run.length;
      }
    }
  }

  #batch(states: Int32Array, keys: Int32Array): Batch {
    const { output } = this.#kept;
    const keyColumns = this.#kept.keys.columns(keys);
    const own = this.#kept.states.winners.columns(states);
    const columns = new Map<string, Column>();
    for (const field of output.fields) columns.set(field.name, this.#column(field, states, keyColumns, own));
    return { schema: output, length: states.length, columns };
  }

  #column(field: Field, states: Int32Array, keys: Map<string, Column>, own: Map<string, Column>): Column {
    const { output } = this.#kept;
    if (field.name === output.derived?.periodField) return this.#labels(states);
    if (field.name === output.time?.path) return this.#times(states);
    return keys.get(field.name) ?? own.get(field.name) ?? bug(`no column for field ${field.name}`);
  }

  #times(states: Int32Array): TimeColumn {
    const { calendar } = this.#kept;
    const { table, forms } = this.#kept.states;
    const { times } = table;
    const millis = this.#millis.of(states.length);
    for (let row = 0; row < states.length; row++) millis[row] = times[states[row]];
    return { kind: 'time', millis, ...forms.some(states), zone: calendar.zone };
  }

  #labels(states: Int32Array): Column {
    const { calendar } = this.#kept;
    const { windows } = this.#kept.states.table;
    const dictionary = new TextDictionary();
    const ids = this.#labelIds.of(states.length).fill(0);
    let last = windows[states[0]];
    let id = dictionary.intern(calendar.label(last));
    // Sorted by window: where the last row's is the first one's, so are all.
    const isOne = windows[states[states.length - 1]] === last;
    for (let row = 1; row < states.length && !isOne; row++) {
      const window = windows[states[row]];
      if (window !== last) {
        last = window;
        id = dictionary.intern(calendar.label(window));
      }
      ids[row] = id;
    }
    return { kind: 'dictionary', ids, dictionary };
  }
}
