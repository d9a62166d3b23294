import { describe } from '../records/fit-value.js';
import { nearestName } from '../records/nearest-name.js';
import { type Field, type FieldType, fieldAt, type RecordSchema } from '../records/schema.js';
import { expressionError } from './expression-error.js';
import { scalarField } from './field-list.js';
import { TokenReader } from './token-reader.js';

const FUNCTIONS = ['count', 'sum', 'avg', 'min', 'max', 'latest'] as const;
type AggregateFunction = (typeof FUNCTIONS)[number];

/** One aggregate of a `--select` list, and the field of the result that it becomes. */
export interface Selected {
  readonly fn: AggregateFunction;
  /** The field that it is of; absent for count(), which counts records. */
  readonly path?: string;
  readonly name: string;
  readonly type: FieldType;
  /** Whether it may be null: where the field is null in all records of a group, or rows may leave it again. */
  readonly nullable: boolean;
}

/** What other tools call them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  mean: 'avg',
  average: 'avg',
  total: 'sum',
  last: 'latest',
  newest: 'latest',
};
const LONG: FieldType = { kind: 'long' };
const DOUBLE: FieldType = { kind: 'double' };
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a list of aggregates: `avg(temperature), count() as n`. Without `as` the name is `avg_temperature` (dots
 * become `_`), and `count` for count().
 * @throws UsageError that points to what is wrong
 */
export function parseSelect(text: string, schema: RecordSchema): Selected[] {
  const reader = new TokenReader(text);
  const list: Selected[] = [];
  do {
    const { at } = reader.next;
    const selected = parseAggregate(reader, schema);
    if (list.some((other) => other.name === selected.name)) {
      throw expressionError(
        text,
        at,
        `two aggregates are named ${selected.name}`,
        'Name one of them: f(field) as name.',
      );
    }
    list.push(selected);
  } while (reader.takeSign(','));
  if (reader.next.kind !== 'end') reader.fail('a comma or `as`');
  return list;
}

function parseAggregate(reader: TokenReader, schema: RecordSchema): Selected {
  const fn = parseFunction(reader);
  reader.needSign('(');
  const { at } = reader.next;
  const ofRecords = fn === 'count' && (reader.atSign(')') || reader.takeSign('*'));
  const path = ofRecords ? undefined : reader.path('a field');
  reader.needSign(')');
  const plain = path === undefined ? fn : `${fn}_${path.replaceAll('.', '_')}`;
  const name = reader.takeKeyword('as') ? parseName(reader) : plain;
  if (path === undefined) return { fn, name, type: LONG, nullable: false };
  const field = fn === 'count' ? anyField(schema, reader.text, path, at) : scalarField(schema, reader.text, path, at);
  return { fn, path, name, ...resultType(fn, path, field, schema, reader.text, at) };
}

function parseFunction(reader: TokenReader): AggregateFunction {
  const { next, afterNext, text } = reader;
  const expected = `an aggregate such as avg(field)`;
  if (next.kind !== 'name') return reader.fail(expected);
  const fn = FUNCTIONS.find((one) => one === next.text.toLowerCase());
  if (fn === undefined) {
    const isCall = afterNext.kind === 'sign' && afterNext.sign === '(';
    if (!isCall) throw expressionError(text, next.at, `${expected} is expected before ${next.text}`);
    const nearest = OTHER_NAMES[next.text.toLowerCase()] ?? nearestName(next.text, FUNCTIONS);
    const list = `The aggregates are ${FUNCTIONS.join(', ')}.`;
    const hint = nearest === undefined ? list : `Did you mean ${nearest}? ${list}`;
    throw expressionError(text, next.at, `there is no aggregate ${next.text}`, hint);
  }
  reader.take();
  return fn;
}

function parseName(reader: TokenReader): string {
  const { next, text } = reader;
  if (next.kind !== 'name') return reader.fail('a name');
  if (!NAME.test(next.text))
    throw expressionError(text, next.at, 'a name is letters, digits and _, with no digit first');
  reader.take();
  return next.text;
}

/** count(f) takes nested fields too: it only asks whether they are null. */
function anyField(schema: RecordSchema, text: string, path: string, at: number): Field {
  return fieldAt(schema, path) ?? scalarField(schema, text, path, at);
}

function resultType(
  fn: AggregateFunction,
  path: string,
  field: Field,
  schema: RecordSchema,
  text: string,
  at: number,
): { readonly type: FieldType; readonly nullable: boolean } {
  if (fn === 'count') return { type: LONG, nullable: false };
  // A row of a derived type may leave its window again: then there may be no value left.
  const nullable = field.nullable || schema.derived !== undefined;
  const { type } = field;
  const isTime = schema.time?.path === path;
  if (fn === 'sum' || fn === 'avg') {
    const isWhole = type.kind === 'int' || type.kind === 'long';
    const isNumber = isWhole || type.kind === 'float' || type.kind === 'double';
    if (!isNumber || isTime) {
      const kind = isTime ? 'a time' : describe(type);
      throw expressionError(
        text,
        at,
        `${fn} needs numbers, and ${path} is ${kind}`,
        `min, max, latest and count take it.`,
      );
    }
    return { type: fn === 'sum' && isWhole ? LONG : DOUBLE, nullable };
  }
  if (type.kind === 'bytes' || type.kind === 'fixed') {
    throw expressionError(text, at, `${fn} can't be taken of ${path}, which is ${describe(type)}`);
  }
  return { type, nullable };
}
