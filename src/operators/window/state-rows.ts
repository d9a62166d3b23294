import { type Batch, columnOf } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import type { Field, RecordSchema } from '../../records/schema.js';
import type { KeyIds } from '../key-ids.js';
import type { Change } from '../operator.js';
import { numbersOf, stateField } from './accumulator.js';
import type { Aggregates } from './aggregates.js';
import { ROW, type WindowStates } from './window-states.js';

const BATCH = 4096;
/** Names that no field of a group has. */
export const WINDOW = '(window)';
export const SPAN = '(span)';
export const RECORDS = '(records)';

/** What a WindowOperator's state is kept as. */
export interface KeptRows {
  readonly schema: RecordSchema;
  /** Each batch is borrowed until the next is asked for. */
  changes(states: KeptStates): Iterable<Change>;
  /** Puts rows back, one after the other: a later one of a state takes the place of one before. */
  restore(rows: Batch): void;
}

/** The rows of states. */
export interface KeptStates {
  /** Those that have changed, and go on. */
  readonly changed: Int32Array;
  /** Those that are in no open window any more: their last one is this one, or before it. */
  readonly closed: Int32Array;
  readonly closedUpTo: number;
}

/**
 * States as rows: group, last window, how many windows, how many records, and what the aggregates keep, as it is, so
 * that what is added later gives the same as if the state had never been away.
 */
export class StateRows implements KeptRows {
  readonly schema: RecordSchema;
  readonly #groups: KeyIds;
  readonly #aggregates: Aggregates;
  readonly #states: WindowStates;
  /** The names of the fields, in the order of the columns. */
  readonly #groupNames: readonly string[];
  readonly #keptNames: readonly string[];

  /** @param output what deriveWindow() gives for the schema and the groups: their fields come first */
  constructor(
    schema: RecordSchema,
    output: RecordSchema,
    groups: KeyIds,
    aggregates: Aggregates,
    states: WindowStates,
  ) {
    this.#groups = groups;
    this.#aggregates = aggregates;
    this.#states = states;
    const group = output.fields.slice(0, groups.paths.length);
    const kept = unlike(aggregates.stateFields);
    this.#groupNames = group.map(({ name }) => name);
    this.#keptNames = kept.map(({ name }) => name);
    this.schema = stateSchema(schema, output, groups.paths, group, kept);
  }

  *changes({ changed, closed }: KeptStates): Generator<Change> {
    for (const rows of inPieces(changed)) yield { rows: this.#batch(rows), as: 'state' };
    for (const rows of inPieces(closed)) yield { rows: this.#batch(rows), as: 'gone' };
  }

  restore(rows: Batch): void {
    const columns = new Map(rows.columns);
    this.#groups.paths.forEach((path, at) => {
      columns.set(path, columnOf(rows, this.#groupNames[at] ?? path));
    });
    const groups = this.#groups.assign({ ...rows, columns });
    const lasts = numbersOf(columnOf(rows, WINDOW));
    const spans = numbersOf(columnOf(rows, SPAN));
    const records = numbersOf(columnOf(rows, RECORDS));
    const places = new Int32Array(rows.length);
    for (let row = 0; row < rows.length; row++) {
      const at = this.#empty(groups[row], lasts[row] - spans[row] + 1, lasts[row]);
      this.#states.memory.doubles[(at >> 1) + ROW.records] = records[row];
      places[row] = at;
    }
    const kept = this.#keptNames.map((name) => columnOf(rows, name));
    this.#aggregates.restore(this.#states.memory, places, kept);
  }

  /** The row of a state to which nothing was added. */
  #empty(group: number, first: number, last: number): number {
    const known = this.#states.find(group, first, last);
    if (known < 0) return this.#states.add(group, first, last);
    this.#aggregates.clear(this.#states.memory, known);
    return known;
  }

  #batch(rows: Int32Array): Batch {
    const { memory } = this.#states;
    const { words, doubles } = memory;
    const numbers = (value: (at: number) => number): Column => ({
      kind: 'float64',
      values: Float64Array.from(rows, value),
    });
    const columns: Column[] = [
      ...this.#groups.columns(rows.map((at) => words[at + ROW.group])).values(),
      numbers((at) => doubles[at >> 1]),
      numbers((at) => words[at + ROW.span]),
      numbers((at) => doubles[(at >> 1) + ROW.records]),
      ...this.#aggregates.stateColumns(memory, rows),
    ];
    const named = this.schema.fields.map(({ name }, at) => [name, columns[at] ?? bug(`no column ${name}`)] as const);
    return { schema: this.schema, length: rows.length, columns: new Map(named) };
  }
}

/** Rows to be given out as batches. */
export function* inPieces(rows: Int32Array): Generator<Int32Array> {
  for (let from = 0; from < rows.length; from += BATCH) yield rows.subarray(from, from + BATCH);
}

function stateSchema(
  schema: RecordSchema,
  output: RecordSchema,
  paths: readonly string[],
  group: readonly Field[],
  kept: readonly Field[],
): RecordSchema {
  const timeAt = schema.time === undefined ? -1 : paths.indexOf(schema.time.path);
  const name = `${output.name}_state`;
  const key = group.map((field) => field.name);
  return {
    name,
    fields: [...group, stateField(WINDOW, 'double'), stateField(SPAN, 'long'), stateField(RECORDS, 'long'), ...kept],
    key,
    ...(schema.time === undefined || timeAt < 0 ? {} : { time: { ...schema.time, path: key[timeAt] ?? '' } }),
    tables: {},
    derived: {
      from: schema.name,
      primaryKey: [...key, WINDOW, SPAN],
      freshness: RECORDS,
      table: { name, columns: {} },
    },
  };
}

/** Two aggregates may keep the same. */
function unlike(fields: readonly Field[]): Field[] {
  const names = fields.map(({ name }) => name);
  return fields.map((field, at) =>
    names.indexOf(field.name) === at ? field : { ...field, name: `${field.name} ${at}` },
  );
}
