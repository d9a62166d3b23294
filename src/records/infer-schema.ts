import { UsageError } from './errors.js';
import { nearestName } from './nearest-name.js';
import { Shape, shapeOfText } from './sample-shape.js';
import { type Field, type FieldType, fieldAt, leafPaths, type RecordSchema, type TimeField } from './schema.js';
import type { TimeUnit } from './time/form.js';
import type { Row } from './value.js';

export interface InferHints {
  /** Paths that say what a record is about. */
  readonly key?: readonly string[];
  /** The path of the event time. */
  readonly time?: string;
  /** Whether every value of the samples is text, as in CSV: numbers are then recognised in it. */
  readonly fromText?: boolean;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A first schema for records like the samples, to be looked at and edited.
 *
 * Whole numbers are long, since a few samples can't show that an int is enough; others are double. What is null or
 * missing in a sample is nullable. An object is a record, or a map where its names are no field names or each is in
 * fewer than half of the objects. Values of several types are a union.
 *
 * Without a hint the time is the first field that is a time in every sample: ISO 8601 text, else a number that its
 * name and its size show to be one. The key is the one field of text that repeats: in ten samples or more at least
 * two and at most half as many different texts. Where several do, none is taken.
 *
 * @throws UsageError where there are no samples, a hint names no field, or a name can't be one in Avro
 */
export function inferSchema(name: string, samples: readonly Row[], hints: InferHints = {}): RecordSchema {
  if (samples.length === 0) throw new UsageError(`there is no record to infer a schema of ${name} from`);
  const shape = hints.fromText ? shapeOfText(samples) : shapeOfValues(samples);
  const typeName = asName(name);
  const bad = [...shape.fields.keys()].find((field) => !NAME.test(field));
  if (bad !== undefined) {
    throw new UsageError(
      `${JSON.stringify(bad)} can't be the name of a field in Avro, where names are letters, digits and _`,
      'Rename it in the data.',
    );
  }
  const fields = fieldsOf(shape, typeName);
  const time = hints.time === undefined ? guessTime(fields, shape) : namedTime(hints.time, fields, shape);
  const key = hints.key ?? guessKey(fields, shape, samples.length, time?.path);
  for (const path of key) known(path, fields);
  return { name: typeName, fields, key, ...(time === undefined ? {} : { time }), tables: {} };
}

function shapeOfValues(samples: readonly Row[]): Shape {
  const shape = new Shape();
  for (const row of samples) shape.addObject(row);
  return shape;
}

function asName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '_');
  return NAME.test(plain) ? plain : `_${plain}`;
}

function fieldsOf(shape: Shape, path: string): Field[] {
  return [...shape.fields].map(([name, inner]): Field => {
    const types = typesOf(inner, `${path}_${name}`);
    const [only = STRING] = types;
    const hasNull = shape.absent(inner) > 0;
    if (types.length > 1) return { name, type: union(types, hasNull), nullable: false, nullBranch: 0 };
    return { name, type: only, nullable: hasNull, nullBranch: 0, ...(hasNull ? { fallback: null } : {}) };
  });
}

const STRING: FieldType = { kind: 'string' };

/** The types that the values of a shape have; none where all are null. */
function typesOf(shape: Shape, path: string): FieldType[] {
  const types: FieldType[] = [];
  const { kinds } = shape;
  if (kinds.has('boolean')) types.push({ kind: 'boolean' });
  if (kinds.has('double')) types.push({ kind: 'double' });
  else if (kinds.has('long')) types.push({ kind: 'long' });
  if (kinds.has('string')) types.push(STRING);
  if (kinds.has('bytes')) types.push({ kind: 'bytes' });
  if (kinds.has('array')) types.push({ kind: 'array', items: oneType(shape.items, `${path}_item`) });
  if (kinds.has('object')) types.push(objectType(shape, path));
  return types;
}

/** The type of items and of a map's values: null is a branch of a union there. */
function oneType(shape: Shape | undefined, path: string): FieldType {
  const types = shape === undefined ? [] : typesOf(shape, path);
  const [only = STRING] = types;
  const hasNull = (shape?.nulls ?? 0) > 0;
  return types.length > 1 || hasNull ? union(types.length === 0 ? [only] : types, hasNull) : only;
}

function union(types: readonly FieldType[], hasNull: boolean): FieldType {
  return { kind: 'union', branches: hasNull ? [{ kind: 'null' }, ...types] : types };
}

function objectType(shape: Shape, path: string): FieldType {
  const entries = [...shape.fields];
  const isRecord =
    entries.every(([name]) => NAME.test(name)) && entries.some(([, { present }]) => present * 2 >= shape.objects);
  if (isRecord) return { kind: 'record', name: path, fields: fieldsOf(shape, path) };
  const values = new Shape();
  for (const [, one] of entries) values.absorb(one);
  return { kind: 'map', values: oneType(values, `${path}_value`) };
}

function known(path: string, fields: readonly Field[]): Field {
  const field = fieldAt({ fields }, path);
  if (field !== undefined) return field;
  const paths = leafPaths(fields);
  const nearest = nearestName(path, paths);
  throw new UsageError(
    `the records have no field ${path}`,
    nearest === undefined ? `They have ${paths.join(', ')}.` : `Did you mean ${nearest}?`,
  );
}

/** The shape at a path of nested records. */
function shapeOf(path: string, shape: Shape): Shape {
  return path.split('.').reduce((inner, name) => inner.fields.get(name) ?? new Shape(), shape);
}

function namedTime(path: string, fields: readonly Field[], shape: Shape): TimeField {
  const { type } = known(path, fields);
  const own = shapeOf(path, shape);
  if (type.kind === 'string') {
    if (own.allTimes) return { path, unit: 'iso' };
  } else if (type.kind === 'long') {
    return { path, unit: unitOf(own) ?? 'ms' };
  }
  const [example = ''] = own.texts;
  throw new UsageError(
    `field ${path} can't be the time: ${type.kind === 'string' ? `${JSON.stringify(example)} is` : 'its values are'} not ISO 8601 text or whole numbers`,
    'Write its times as 2017-08-02T02:00:00, or as seconds or milliseconds since 1970.',
  );
}

const TIME_NAME = /(^|_)(ts|time|timestamp|date|at|datetime)$|(Time|Timestamp|At|Date)$/;

function guessTime(fields: readonly Field[], shape: Shape): TimeField | undefined {
  const certain = leafPaths(fields).filter((path) => {
    const field = fieldAt({ fields }, path);
    return field !== undefined && !field.nullable && ['string', 'long'].includes(field.type.kind);
  });
  const text = certain.find((path) => shapeOf(path, shape).kinds.has('string') && shapeOf(path, shape).allTimes);
  if (text !== undefined) return { path: text, unit: 'iso' };
  for (const path of certain) {
    const unit = TIME_NAME.test(path) ? unitOf(shapeOf(path, shape)) : undefined;
    if (unit !== undefined) return { path, unit };
  }
  return undefined;
}

/** Seconds of the years 1973 to 5138; each finer unit's range begins where the coarser one's ends. */
const UNITS: readonly (readonly [TimeUnit, number])[] = [
  ['s', 1e8],
  ['ms', 1e11],
  ['us', 1e14],
  ['ns', 1e17],
];

/** The unit in which numbers are times of this age; undefined where they are none. */
function unitOf({ kinds, least, greatest }: Shape): TimeUnit | undefined {
  if (kinds.has('string')) return undefined;
  return UNITS.find(([, first]) => least >= first && greatest < first * 1000)?.[0];
}

/** Fewer samples than this show no repetition. */
const MIN_SAMPLES = 10;

function guessKey(fields: readonly Field[], shape: Shape, samples: number, time: string | undefined): string[] {
  if (samples < MIN_SAMPLES) return [];
  const repeating = fields.filter(({ name, type, nullable }) => {
    const { size } = shapeOf(name, shape).texts;
    return name !== time && type.kind === 'string' && !nullable && size > 1 && size * 2 <= samples;
  });
  return repeating.length === 1 ? repeating.map(({ name }) => name) : [];
}
