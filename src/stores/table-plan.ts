import { bug, UsageError } from '../records/errors.js';
import { type Field, fieldAt, type RecordSchema, type TableSpec } from '../records/schema.js';

/** Ends the name of the column that stands in a key for one that may be null. */
export const KEY_SUFFIX = '__key';

/** One column of a table that rows are stored in. */
export interface PlannedColumn {
  /** The field's path in the record. */
  readonly path: string;
  readonly name: string;
  readonly field: Field;
}

/** How the rows of a schema lie in a table. Numbers are positions in `columns`. */
export interface TablePlan {
  readonly name: string;
  readonly schema: RecordSchema;
  /** The top-level fields in the schema's order, then nested fields that the primary key or the freshness name. */
  readonly columns: readonly PlannedColumn[];
  /** Empty where rows have no identity: then each is added to the others. */
  readonly primaryKey: readonly number[];
  /** The column whose greater value wins; absent where it is part of the key: then the remaining fields alone decide. */
  readonly freshness?: number;
  /** What breaks a tie of equal freshness: the other fields, in the schema's order. */
  readonly rest: readonly number[];
}

/**
 * Plans the table for a schema's rows: of a derived type by its primary key and freshness; of a raw one by key and
 * event time, so that a record that is delivered twice is stored once (of two that differ in other fields only, the
 * greater is kept). A type that lacks a key or a time has no identity: what is delivered twice is stored twice.
 * @param name the table's name in place of the schema's
 * @throws UsageError where two fields would be one column
 */
export function planTable(schema: RecordSchema, name?: string): TablePlan {
  const { derived, key, time } = schema;
  const identity = derived?.primaryKey ?? (key.length > 0 && time !== undefined ? [...key, time.path] : []);
  const freshnessPath = derived?.freshness ?? time?.path;
  const names = columnNames(schema, name);
  const columns: PlannedColumn[] = schema.fields.map((field) => ({
    path: field.name,
    name: names(field.name),
    field,
  }));
  for (const path of [...identity, ...(derived === undefined ? [] : [derived.freshness])]) {
    if (columns.some((column) => column.path === path)) continue;
    const field = fieldAt(schema, path) ?? bug(`schema ${schema.name} has no field ${path}`);
    columns.push({ path, name: names(path), field });
  }
  checkDistinct(columns, schema);
  const at = (path: string): number => columns.findIndex((column) => column.path === path);
  const primaryKey = [...new Set(identity)].map(at);
  const freshness = freshnessPath === undefined || identity.includes(freshnessPath) ? -1 : at(freshnessPath);
  const rest = schema.fields.map((_, position) => position);
  return {
    name: name ?? derived?.table.name ?? schema.name.toLowerCase(),
    schema,
    columns,
    primaryKey,
    ...(freshness < 0 ? {} : { freshness }),
    rest: rest.filter((position) => !primaryKey.includes(position) && position !== freshness),
  };
}

/** The columns that a topic keys a plan's rows by: its primary key, of a raw type without the event time. */
export function keyPlan(plan: TablePlan): TablePlan {
  const { schema, columns } = plan;
  const paths = schema.derived?.primaryKey ?? schema.key;
  const keys = paths.map(
    (path) => columns.find((one) => one.path === path) ?? bug(`${plan.name} has no column ${path}`),
  );
  return { name: plan.name, schema, columns: keys, primaryKey: keys.map((_, position) => position), rest: [] };
}

/** Whether a column must take null. */
export function mayBeNull({ nullable, type }: Field): boolean {
  if (nullable || type.kind === 'null') return true;
  return type.kind === 'union' && type.branches.some((branch) => branch.kind === 'null');
}

/**
 * The column of each field in a table of that name: as the schema's annotation for that table says, else the field's
 * own name with `_` for the dots of a path.
 */
export function columnNames(schema: RecordSchema, table?: string): (path: string) => string {
  const specs: (TableSpec | undefined)[] = [schema.derived?.table, ...Object.values(schema.tables)];
  const own = specs.find((spec) => spec !== undefined && spec.name === table) ?? schema.derived?.table;
  const names = new Map(Object.entries(own?.columns ?? {}));
  return (path) => names.get(path) ?? path.replaceAll('.', '_');
}

function checkDistinct(columns: readonly PlannedColumn[], schema: RecordSchema): void {
  const seen = new Map<string, string>();
  for (const { name, path } of columns) {
    // Databases don't tell the case of a column's name.
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new UsageError(
        `fields ${other} and ${path} of schema ${schema.name} would both be the column ${name}`,
        `Name another column in the schema: "freshet": {"tables": {"${schema.derived?.period ?? 'daily'}": {"columns": {"FIELD": "COLUMN"}}}}.`,
      );
    }
    seen.set(name.toLowerCase(), path);
  }
}
