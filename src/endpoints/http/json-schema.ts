import type { Field, FieldType, RecordSchema } from '../../records/schema.js';
import { DAY_MS } from '../../records/time/civil-date.js';
import type { TimeUnit } from '../../records/time/form.js';
import { END_MS, FIRST_MS } from '../../records/time/time-number.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The first and the last instant that a time may be, where doubles have them: of the years 0001 to 9999. */
const INSTANTS: Readonly<Record<TimeUnit, readonly [first: number, last: number] | undefined>> = {
  iso: undefined,
  d: [FIRST_MS / DAY_MS, END_MS / DAY_MS - 1],
  s: [FIRST_MS / 1000, END_MS / 1000 - 1],
  ms: [FIRST_MS, END_MS - 1],
  us: undefined,
  ns: undefined,
};

/** What JSON a record may be, as JSON Schema (2020-12) tells it. Types within themselves are left open. */
export function jsonSchemaOf(schema: RecordSchema): JsonSchema {
  return record(schema, [], schema.time);
}

function record(
  { fields, doc }: { readonly fields: readonly Field[]; readonly doc?: string },
  above: readonly unknown[],
  time?: RecordSchema['time'],
): JsonSchema {
  const required = fields.filter(({ fallback, nullable }) => fallback === undefined && !nullable);
  const properties = fields.map((field) => {
    const { attributes: { doc: said } = {} } = field;
    const type = field.name === time?.path ? instant(time.unit) : typeOf(field.type, above);
    const value = field.nullable ? { anyOf: [{ type: 'null' }, type] } : type;
    return [field.name, typeof said === 'string' ? { description: said, ...value } : value];
  });
  return {
    type: 'object',
    ...(doc === undefined ? {} : { description: doc }),
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
  };
}

function instant(unit: TimeUnit): JsonSchema {
  // A time may lack its offset or its clock, too, for which there is no format.
  if (unit === 'iso') return { type: 'string', format: 'date-time' };
  const [minimum, maximum] = INSTANTS[unit] ?? [];
  return { type: 'integer', format: 'int64', ...(minimum === undefined ? {} : { minimum, maximum }) };
}

function typeOf(type: FieldType, above: readonly unknown[]): JsonSchema {
  if (above.includes(type)) return {};
  const within = [...above, type];
  switch (type.kind) {
    case 'null':
    case 'boolean':
    case 'string':
      return { type: type.kind };
    case 'int':
      return { type: 'integer', format: 'int32', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
    case 'long':
      return { type: 'integer', format: 'int64' };
    case 'float':
    case 'double':
      return { type: 'number', format: type.kind };
    case 'bytes':
    case 'fixed':
      return { type: 'string', description: 'A character, U+0000 to U+00FF, for each byte.' };
    case 'enum':
      return { enum: type.symbols };
    case 'array':
      return { type: 'array', items: typeOf(type.items, within) };
    case 'map':
      return { type: 'object', additionalProperties: typeOf(type.values, within) };
    case 'record':
      return record(type, within);
    case 'union':
      return { anyOf: type.branches.map((branch) => typeOf(branch, within)) };
  }
}
