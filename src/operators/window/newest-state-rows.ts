import { type Batch, columnOf } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { admitsNull, type Derived, type Field, fieldAt, type RecordSchema } from '../../records/schema.js';
import { EventTimes } from '../event-times.js';
import type { KeyIds } from '../key-ids.js';
import type { Change } from '../operator.js';
import { numbersOf, stateField } from './accumulator.js';
import type { Aggregates } from './aggregates.js';
import type { NewestRows } from './newest-rows.js';
import { inPieces, type KeptRows, type KeptStates, RECORDS, SPAN, WINDOW } from './state-rows.js';
import type { RowPlace } from './taken-rows.js';
import { ROW, type WindowStates } from './window-states.js';

/** The windows that a row is in which another has taken the place of, by the last of them. */
const REPLACED = '(replaced in)';
/** Where a row is, and its event time. */
const ROW_WINDOW = '(row’s window)';
const ROW_SPAN = '(row’s span)';
const ROW_TIME = '(row’s time)';
const OWN = [WINDOW, SPAN, REPLACED, RECORDS, ROW_WINDOW, ROW_SPAN, ROW_TIME];

export interface NewestStateOptions {
  readonly schema: RecordSchema;
  readonly derived: Derived;
  /** What deriveWindow() gives for the schema and the groups: their fields come first. */
  readonly output: RecordSchema;
  readonly by: readonly string[];
  readonly groups: KeyIds;
  readonly states: WindowStates;
  readonly aggregates: Aggregates;
  readonly newest: NewestRows;
}

/**
 * The state of an aggregate over derived rows, as rows of two sorts: how many records each state has had, and the
 * rows that are in it, which have no `(window)` but say in which state they are: the newest of each primary key, and
 * such as another has taken the place of after some of their windows were closed to it. Aggregates are computed anew
 * from these.
 */
export class NewestStateRows implements KeptRows {
  readonly schema: RecordSchema;
  readonly #options: NewestStateOptions;
  /** By path of the rows' type: the field that has it. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #times: EventTimes;

  constructor(options: NewestStateOptions) {
    const { schema, output, by, newest } = options;
    this.#options = options;
    const group = output.fields.slice(0, by.length);
    this.#names = new Map(newest.paths.map((path) => [path, group[by.indexOf(path)]?.name ?? nameOf(path)]));
    this.schema = stateSchema(options, this.#names);
    this.#times = new EventTimes(schema, () => Number.NaN);
  }

  *changes({ changed, closed, closedUpTo }: KeptStates): Generator<Change> {
    const { newest, states } = this.#options;
    // They were kept as the newest of their primary keys, with what their group was.
    for (const entries of inPieces(newest.moved)) yield { rows: this.#rows(entries, () => true), as: 'gone' };
    newest.forgetMoved();
    for (const rows of inPieces(changed)) yield { rows: this.#stateRows(rows), as: 'state' };
    const { doubles } = states.memory;
    const open = newest.takeChanged().filter((entry) => doubles[newest.stateOf(entry) >> 1] > closedUpTo);
    for (const entries of inPieces(open)) yield { rows: this.#rows(entries), as: 'state' };
    for (const rows of inPieces(closed)) yield { rows: this.#stateRows(rows), as: 'gone' };
    for (const entries of inPieces(newest.entriesOf(closed))) yield { rows: this.#rows(entries), as: 'gone' };
  }

  restore(rows: Batch): void {
    const { nulls } = columnOf(rows, WINDOW);
    const all = Int32Array.from({ length: rows.length }, (_, row) => row);
    this.#restoreStates({ ...rows, selection: all.filter((row) => nulls?.[row] !== 1) });
    this.#restoreRows({ ...rows, selection: all.filter((row) => nulls?.[row] === 1) });
  }

  /** @param isNewest which of them are the newest of their primary keys */
  #rows(entries: Int32Array, isNewest = (entry: number): boolean => this.#options.newest.isNewest(entry)): Batch {
    const { newest, states } = this.#options;
    const { words, doubles } = states.memory;
    const places = Array.from(entries, (entry) => newest.stateOf(entry));
    const lasts = places.map((state) => (state < 0 ? 0 : doubles[state >> 1]));
    return this.#batch(newest.batch(entries), {
      [REPLACED]: lasts.map((last, at) => (isNewest(entries[at]) ? null : last)),
      [ROW_WINDOW]: lasts,
      [ROW_SPAN]: places.map((state) => (state < 0 ? 0 : words[state + ROW.span])),
      [ROW_TIME]: Array.from(entries, (entry) => newest.timeOf(entry)),
    });
  }

  #stateRows(rows: Int32Array): Batch {
    const { newest, groups, states } = this.#options;
    const { words, doubles } = states.memory;
    const { columns, ...none } = newest.nulls(rows.length);
    const group = groups.columns(rows.map((at) => words[at + ROW.group]));
    return this.#batch(
      { ...none, columns: new Map([...columns, ...group]) },
      {
        [WINDOW]: Array.from(rows, (at) => doubles[at >> 1]),
        [SPAN]: Array.from(rows, (at) => words[at + ROW.span]),
        [RECORDS]: Array.from(rows, (at) => doubles[(at >> 1) + ROW.records]),
      },
    );
  }

  /** @param numbers what these rows have of a state's own fields: the others are null */
  #batch({ length, columns }: Batch, numbers: Readonly<Record<string, readonly (number | null)[]>>): Batch {
    const named = new Map<string, Column>();
    for (const [path, name] of this.#names) named.set(name, columns.get(path) ?? bug(`no column ${path}`));
    for (const name of OWN) {
      const values = numbers[name] ?? new Array<null>(length).fill(null);
      named.set(name, {
        kind: 'float64',
        values: Float64Array.from(values, (value) => value ?? 0),
        nulls: Uint8Array.from(values, (value) => (value === null ? 1 : 0)),
      });
    }
    return { schema: this.schema, length, columns: named };
  }

  #restoreStates(rows: Batch): void {
    const { groups, states } = this.#options;
    const ids = groups.assign(this.#asRead(rows));
    const lasts = numbersOf(columnOf(rows, WINDOW));
    const spans = numbersOf(columnOf(rows, SPAN));
    const records = numbersOf(columnOf(rows, RECORDS));
    rows.selection?.forEach((row, at) => {
      const state = this.#state(ids[at], lasts[row], spans[row]);
      states.memory.doubles[(state >> 1) + ROW.records] = records[row];
    });
  }

  #restoreRows(rows: Batch): void {
    const { groups, newest } = this.#options;
    const read = this.#asRead(rows);
    const ids = groups.assign(read);
    const { forms } = this.#times.of(read);
    const lasts = numbersOf(columnOf(rows, ROW_WINDOW));
    const spans = numbersOf(columnOf(rows, ROW_SPAN));
    const times = numbersOf(columnOf(rows, ROW_TIME));
    const replaced = columnOf(rows, REPLACED).nulls;
    const places = Array.from(
      rows.selection ?? [],
      (row, at): RowPlace => ({
        isNewest: replaced?.[row] === 1,
        state: this.#state(ids[at], lasts[row], spans[row]),
        time: times[row],
        form: typeof forms === 'number' ? forms : forms[at],
      }),
    );
    newest.restore(read, places);
  }

  /** Rows of state as rows of the type that the aggregate reads. */
  #asRead(rows: Batch): Batch {
    const columns = [...this.#names].map(([path, name]) => [path, columnOf(rows, name)] as const);
    return { ...rows, schema: this.#options.schema, columns: new Map(columns) };
  }

  #state(group: number, last: number, span: number): number {
    const { states } = this.#options;
    const known = states.find(group, last - span + 1, last);
    return known < 0 ? states.add(group, last - span + 1, last) : known;
  }
}

/** A name that no field of a group has. */
function nameOf(path: string): string {
  return `row(${path.replaceAll('.', '/')})`;
}

function stateSchema(
  { schema, derived, output, by }: NewestStateOptions,
  names: ReadonlyMap<string, string>,
): RecordSchema {
  const nameAt = (path: string): string => names.get(path) ?? bug(`${path} has no name`);
  const withGroup = (paths: Iterable<string>): string[] => [...new Set([...by, ...paths])];
  const name = `${output.name}_state`;
  return {
    name,
    fields: [
      ...withGroup(names.keys()).map((path) => nullableField(schema, path, nameAt(path))),
      ...OWN.map((own) => stateField(own, 'double', true)),
    ],
    key: by.map(nameAt),
    ...(schema.time === undefined ? {} : { time: { ...schema.time, path: nameAt(schema.time.path) } }),
    tables: {},
    derived: {
      from: schema.name,
      primaryKey: [...withGroup(derived.primaryKey).map(nameAt), WINDOW, SPAN, REPLACED],
      freshness: RECORDS,
      table: { name, columns: {} },
    },
  };
}

/** A field that may also be without a value. */
function nullableField(schema: RecordSchema, path: string, name: string): Field {
  const { type, nullable, nullBranch } = fieldAt(schema, path) ?? bug(`schema ${schema.name} has no field ${path}`);
  return { name, type, nullable: nullable || !admitsNull(type), nullBranch };
}
