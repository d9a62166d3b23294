import { type Batch, columnOf } from '../../records/batch.js';
import { batchFromRows } from '../../records/row-batch.js';
import { rowsOf } from '../../records/rows.js';
import type { Field, RecordSchema } from '../../records/schema.js';
import type { Row } from '../../records/value.js';
import type { KeyIds } from '../key-ids.js';

/** What is kept of a group: numbers by name, its last values, and the times and values of records that are held. */
export interface KeptGroup {
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly history: readonly number[];
  /** A time, its value, the next time, and so on. */
  readonly held: readonly number[];
}

const NUMBER = { kind: 'double' } as const;
const NUMBERS = { kind: 'array', items: NUMBER } as const;
const HISTORY = '(history)';
const HELD = '(held)';

/** The state of groups as rows, one for each. */
export class GroupState {
  readonly schema: RecordSchema;
  readonly #groups: KeyIds;
  readonly #names: readonly string[];
  readonly #measures: readonly string[];

  /**
   * @param output the type of the monitor's rows: the group's fields come first
   * @param measures the names of a group's numbers
   */
  constructor(schema: RecordSchema, output: RecordSchema, groups: KeyIds, measures: readonly string[]) {
    this.#groups = groups;
    this.#measures = measures;
    const group = output.fields.slice(0, groups.paths.length);
    this.#names = group.map(({ name }) => name);
    this.schema = stateSchema(schema, output, groups.paths, group, measures);
  }

  rowsOf(ids: readonly number[], kept: (group: number) => KeptGroup): Batch {
    const groups = this.#groups.columns(Int32Array.from(ids));
    const rows = ids.map((id): Row => {
      const { numbers, history, held } = kept(id);
      return { ...numbers, [HISTORY]: [...history], [HELD]: [...held] };
    });
    const { time: _, ...untimed } = this.schema;
    const own = { ...untimed, fields: this.schema.fields.slice(this.#names.length) };
    const named = [...groups.values()].map((column, at) => [this.#names[at] ?? '', column] as const);
    const columns = new Map([...named, ...batchFromRows(own, rows).columns]);
    return { schema: this.schema, length: rows.length, columns };
  }

  /** What rowsOf() gave, by group. */
  *groupsOf(rows: Batch): Generator<readonly [group: number, kept: KeptGroup]> {
    const columns = new Map(rows.columns);
    this.#groups.paths.forEach((path, at) => {
      columns.set(path, columnOf(rows, this.#names[at] ?? path));
    });
    const ids = this.#groups.assign({ ...rows, columns }).slice();
    let at = 0;
    for (const row of rowsOf(rows)) {
      const numbers = this.#measures.map((name) => [name, row[name] === null ? null : Number(row[name])] as const);
      const kept = {
        numbers: Object.fromEntries(numbers),
        history: numbersIn(row[HISTORY]),
        held: numbersIn(row[HELD]),
      };
      yield [ids[at++], kept];
    }
  }
}

function numbersIn(value: Row[string] | undefined): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function stateSchema(
  schema: RecordSchema,
  output: RecordSchema,
  by: readonly string[],
  group: readonly Field[],
  measures: readonly string[],
): RecordSchema {
  const timeAt = schema.time === undefined ? -1 : by.indexOf(schema.time.path);
  const name = `${output.name}_state`;
  const key = group.map((one) => one.name);
  return {
    name,
    fields: [
      ...group,
      ...measures.map((one): Field => ({ name: one, type: NUMBER, nullable: true, nullBranch: 0 })),
      ...[HISTORY, HELD].map((one): Field => ({ name: one, type: NUMBERS, nullable: false, nullBranch: 0 })),
    ],
    key,
    ...(schema.time === undefined || timeAt < 0 ? {} : { time: { ...schema.time, path: key[timeAt] ?? '' } }),
    tables: {},
    derived: { from: schema.name, primaryKey: key, freshness: measures[0] ?? '', table: { name, columns: {} } },
  };
}
