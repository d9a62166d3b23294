import { UsageError } from '../records/errors.js';
import { inferSchema } from '../records/infer-schema.js';
import type { Field, RecordSchema } from '../records/schema.js';
import { PERIODS } from '../records/time/calendar.js';
import type { Row } from '../records/value.js';
import { chooseSchema, type SchemaChoice } from './choose-schema.js';
import type { OpenInput } from './open-inputs.js';
import { recordOf } from './record-of-value.js';
import { headerNames, sampleRows, textSchema } from './sample-rows.js';
import { builtInSchemas, loadSchema } from './schema-files.js';

/** The type of the rows to show at once: named, brought along, or read off the first rows. */
export async function rowTypeOf(choice: SchemaChoice, inputs: readonly OpenInput[]): Promise<RecordSchema> {
  const [input] = inputs;
  if (choice.schema !== undefined || input === undefined) return chooseSchema(choice, inputs);
  const own = input.schema ?? input.table;
  if (own !== undefined) return own;
  if (input.firstRecord !== undefined) return topicType(choice, inputs, await input.firstRecord());
  const head = await input.sample?.();
  if (head === undefined || head.length === 0) return chooseSchema(choice, inputs);
  const rows = await sampleRows(input, head);
  const { format } = input;
  const fromText = format === 'csv' || format === 'tsv';
  if (rows.length === 0 && fromText) return textSchema(await headerNames(head, format));
  return inferSchema('rows', rows, { fromText });
}

/**
 * The type of rows that go on: as rowTypeOf() has it, of a stream by its first record alone, which more may be waited
 * for. A type that freshet knows tells more than its fields do: which of them are the key.
 * @param wait resolves when it is worth another look; false: no more
 */
export async function liveRowType(
  choice: SchemaChoice,
  inputs: readonly OpenInput[],
  wait: () => Promise<boolean>,
): Promise<RecordSchema> {
  const [input] = inputs;
  if (choice.schema !== undefined || input === undefined) return chooseSchema(choice, inputs);
  if (input.table !== undefined) return knownTable(choice, inputs, input.table);
  if (input.schema !== undefined) return input.schema;
  if (input.firstRecord !== undefined) {
    let first = await input.firstRecord();
    while (first === undefined && (await wait())) first = await input.firstRecord();
    return topicType(choice, inputs, first);
  }
  const head = (input.finite ? await input.sample?.() : input.head) ?? input.head;
  if (head === undefined || head.length === 0) return chooseSchema(choice, inputs);
  const { format } = input;
  if (format !== 'ndjson' && format !== 'csv' && format !== 'tsv') return chooseSchema(choice, inputs);
  const fromText = format !== 'ndjson';
  let rows = await sampleRows(input, head);
  if (rows.length === 0 && fromText) return textSchema(await headerNames(head, format));
  // The first line is broken: others may not be.
  if (rows.length === 0) rows = await sampleRows(input, (await input.sample?.()) ?? head);
  return rows.length === 0 ? chooseSchema(choice, inputs) : rowsType(choice, rows, fromText);
}

function rowsType(choice: SchemaChoice, rows: readonly Row[], fromText: boolean): RecordSchema {
  const known = choice.key === undefined && choice.time === undefined ? knownType(rows) : undefined;
  const hints = {
    fromText,
    ...(choice.key === undefined ? {} : { key: choice.key }),
    ...(choice.time === undefined ? {} : { time: choice.time }),
  };
  return known ?? lenient(inferSchema('rows', rows, hints));
}

/** @param first the value of a topic's first record, if any */
async function topicType(
  choice: SchemaChoice,
  inputs: readonly OpenInput[],
  first: Uint8Array | undefined,
): Promise<RecordSchema> {
  const name = inputs[0]?.name ?? '';
  if (first === undefined) return typeOfName(name) ?? chooseSchema(choice, inputs);
  const record = await recordOf(first);
  if (record !== undefined) return rowsType(choice, [record], false);
  const named = typeOfName(name);
  if (named !== undefined) return named;
  throw new UsageError(
    `${name}: its first record does not tell its type`,
    'Name the type with --schema, or the registry that has it with --registry.',
  );
}

/** The type that is kept in a table or topic of this name. */
function typeOfName(word: string): RecordSchema | undefined {
  const name = word.replace(/^kafka:/, '').replace(/\?.*$/, '');
  return knownTypes().find((type) => type.name === name || type.derived?.table.name === name);
}

/** The type that freshet comes with and that rows have exactly the fields of; optional ones may be missing. */
function knownType(rows: readonly Row[]): RecordSchema | undefined {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return knownTypes().find(({ key, fields }) => {
    const optional = ({ nullable, fallback }: Field): boolean => nullable || fallback !== undefined;
    const all = new Set(fields.map(({ name }) => name));
    return (
      key.length > 0 &&
      [...names].every((name) => all.has(name)) &&
      fields.every((field) => names.has(field.name) || optional(field))
    );
  });
}

function knownTypes(): RecordSchema[] {
  return builtInSchemas().flatMap((name) => {
    const schema = loadSchema(name);
    return [schema, ...(schema.key.length === 0 ? [] : PERIODS.map((period) => loadSchema(`${name}_${period}`)))];
  });
}

/** A table's own columns, where it is of no type that freshet knows. */
function knownTable(choice: SchemaChoice, inputs: readonly OpenInput[], table: RecordSchema): RecordSchema {
  if (choice.key !== undefined) return chooseSchema(choice, inputs);
  return typeOfName(table.name) ?? table;
}

/** A type that few records have told: what is missing in others is null, and whole numbers may have fractions. */
function lenient(schema: RecordSchema): RecordSchema {
  const fields = schema.fields.map((field): Field => {
    if (field.name === schema.time?.path) return field;
    const type = field.type.kind === 'long' ? ({ kind: 'double' } as const) : field.type;
    return { ...field, type, nullable: true, nullBranch: 0, fallback: null };
  });
  return { ...schema, fields };
}
