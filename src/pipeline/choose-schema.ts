import { baseOf, deriveRollup } from '../records/derive.js';
import { UsageError } from '../records/errors.js';
import { nearestName } from '../records/nearest-name.js';
import { timeUnit } from '../records/parse-annotation.js';
import { fieldAt, leafPaths, type RecordSchema } from '../records/schema.js';
import { nests, PERIODS, type Period } from '../records/time/calendar.js';
import type { OpenInput } from './open-inputs.js';
import { periodOfRows } from './period-of-rows.js';
import { builtInSchemas, loadSchema } from './schema-files.js';

/** What the user says of the records' type. */
export interface SchemaChoice {
  /** `--schema` */
  readonly schema?: string;
  /** `--key` */
  readonly key?: readonly string[];
  /** `--time` */
  readonly time?: string;
}

/**
 * The records' type: the one that is named, else the one that an input brings along where that is annotated or key
 * and time are given, else `fallback`.
 */
export function chooseSchema(choice: SchemaChoice, inputs: readonly OpenInput[], fallback = 'yt'): RecordSchema {
  if (choice.schema !== undefined) return annotate(loadSchema(choice.schema), choice);
  const embedded = inputs.find((input) => input.schema !== undefined)?.schema;
  if (embedded !== undefined) {
    const annotated = annotate(embedded, choice);
    if (annotated.key.length > 0 || annotated.derived !== undefined) return annotated;
  }
  const table = inputs.find((input) => input.table !== undefined)?.table;
  if (table !== undefined) return typeOfTable(table, choice);
  return annotate(loadSchema(fallback), choice);
}

/** A table's rows are of the type that is kept under its name, or what `--key` and `--time` make of its columns. */
function typeOfTable(table: RecordSchema, choice: SchemaChoice): RecordSchema {
  if (choice.key !== undefined) return annotate(table, choice);
  for (const name of builtInSchemas()) {
    const schema = loadSchema(name);
    if (schema.key.length === 0) continue;
    const rollup = PERIODS.map((period) => deriveRollup(schema, period)).find(
      ({ derived }) => derived?.table.name === table.name,
    );
    if (rollup !== undefined) return annotate(rollup, choice);
    if (schema.name.toLowerCase() === table.name) return annotate(schema, choice);
  }
  throw new UsageError(
    `table ${table.name} is of no type that freshet knows`,
    'Name the type of its records with --schema, or their key and time with --key and --time.',
  );
}

/** A schema with `--key` and `--time` in place of its own. */
function annotate(schema: RecordSchema, { key, time }: SchemaChoice): RecordSchema {
  const keyed = key === undefined ? schema : { ...schema, key: key.map((path) => known(schema, path, '--key')) };
  if (time === undefined) return keyed;
  const path = known(schema, time, '--time');
  const type = fieldAt(schema, path)?.type;
  const unit = type && timeUnit(type);
  if (unit === undefined) throw new UsageError(`--time ${time}: a field of type ${type?.kind} can't be a time`);
  return { ...keyed, time: { path, unit } };
}

function known(schema: RecordSchema, path: string, flag: string): string {
  if (fieldAt(schema, path) !== undefined) return path;
  const paths = leafPaths(schema.fields);
  const nearest = nearestName(path, paths);
  throw new UsageError(
    `${flag} ${path}: ${schema.name} has no such field`,
    nearest === undefined ? `It has ${paths.join(', ')}.` : `Did you mean ${nearest}?`,
  );
}

/**
 * The raw records' type for a rollup by `period`: rows of an earlier rollup are taken as raw records where their
 * period nests in this one.
 * @throws UsageError where it does not (weeks into months)
 */
export async function rawSchema(
  schema: RecordSchema,
  inputs: readonly OpenInput[],
  period: Period,
): Promise<RecordSchema> {
  const inner =
    schema.derived?.period ?? (await Promise.all(inputs.map((input) => periodOfRows(input, schema)))).find(Boolean);
  if (inner !== undefined && !nests(inner, period)) {
    throw new UsageError(
      `the input's rows are ${inner}, and a ${unitOf(inner)} does not lie within one ${unitOf(period)}`,
      `Aggregate the raw records ${period}, or rows whose periods nest in it.`,
    );
  }
  return schema.derived === undefined ? schema : baseOf(schema);
}

function unitOf(period: Period): string {
  return period === 'daily' ? 'day' : period.slice(0, -2);
}
