import type { Batch } from '../../records/batch.js';
import type { Column, TimeColumn } from '../../records/columns.js';
import type { RecordSchema } from '../../records/schema.js';
import { PRECISION, ZONE_STYLE } from '../../records/time/form.js';
import type { Zone } from '../../records/time/zone.js';
import type { KeyIds } from '../key-ids.js';
import type { Aggregates } from './aggregates.js';
import type { RowMemory } from './row-memory.js';
import type { WindowGrid } from './window-grid.js';
import { ROW } from './window-states.js';

const BATCH = 4096;

/** Turns states into the rows that are given out: group, window_start, window_end, what is selected, records. */
export class WindowRows {
  readonly #output: RecordSchema;
  readonly #groups: KeyIds;
  readonly #aggregates: Aggregates;
  readonly #grid: WindowGrid;
  /** Of the windows' bounds; absent where there is one window for all time, which has none. */
  readonly #zone: Zone | undefined;

  constructor(output: RecordSchema, groups: KeyIds, aggregates: Aggregates, grid: WindowGrid, zone: Zone | undefined) {
    this.#output = output;
    this.#groups = groups;
    this.#aggregates = aggregates;
    this.#grid = grid;
    this.#zone = zone;
  }

  /** Each state is a row of its last window. */
  *batches(memory: RowMemory, rows: Int32Array): Generator<Batch> {
    for (let from = 0; from < rows.length; from += BATCH) yield this.#batch(memory, rows.subarray(from, from + BATCH));
  }

  #batch(memory: RowMemory, rows: Int32Array): Batch {
    const { words, doubles } = memory;
    const groups = new Int32Array(rows.length);
    const records = new Float64Array(rows.length);
    for (let row = 0; row < rows.length; row++) {
      groups[row] = words[rows[row] + ROW.group];
      records[row] = doubles[(rows[row] >> 1) + ROW.records];
    }
    const columns: Column[] = [...this.#groups.columns(groups).values()];
    if (this.#zone !== undefined) columns.push(...this.#bounds(memory, rows, this.#zone));
    columns.push(...this.#aggregates.columns(memory, rows));
    columns.push({ kind: 'float64', values: records });
    const named = this.#output.fields.map(({ name }, place) => [name, columns[place]] as const);
    return { schema: this.#output, length: rows.length, columns: new Map(named) };
  }

  #bounds({ doubles }: RowMemory, rows: Int32Array, zone: Zone): TimeColumn[] {
    const starts = new Float64Array(rows.length);
    const ends = new Float64Array(rows.length);
    let window = Number.NaN;
    for (let row = 0; row < rows.length; row++) {
      const next = doubles[rows[row] >> 1];
      const isSame = next === window;
      starts[row] = isSame ? starts[row - 1] : this.#grid.start(next);
      ends[row] = isSame ? ends[row - 1] : this.#grid.end(next);
      window = next;
    }
    return [boundColumn(starts, zone), boundColumn(ends, zone)];
  }
}

/** Instants as the bounds of windows are written: in ISO 8601, in the zone. */
export function boundColumn(millis: Float64Array, zone: Zone): TimeColumn {
  const forms = new Uint32Array(millis.length);
  for (let row = 0; row < millis.length; row++) {
    forms[row] = row > 0 && millis[row] === millis[row - 1] ? forms[row - 1] : isoForm(millis[row], zone);
  }
  const form = forms[0];
  let vary = false;
  for (let row = 1; row < forms.length; row++) vary ||= forms[row] !== form;
  return !vary ? { kind: 'time', millis, form, zone } : { kind: 'time', millis, forms, form, zone };
}

/** The form in which formatIso() writes an instant of whole milliseconds. */
function isoForm(instant: number, zone: Zone): number {
  const digits = (instant % 1000 === 0 ? 0 : 3) << 3;
  const offset = zone.offsetAt(instant);
  if (zone.isUtc || offset % 60_000 !== 0) return PRECISION.seconds | digits | (ZONE_STYLE.z << 7);
  return PRECISION.seconds | digits | (ZONE_STYLE.colon << 7) | ((offset / 60_000 + 2048) << 10);
}
