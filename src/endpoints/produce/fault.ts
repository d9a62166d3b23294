import { type FieldType, fieldAt, type RecordSchema } from '../../records/schema.js';
import type { Row } from '../../records/value.js';
import type { Random } from './random.js';

/** One way in which a record may be broken. */
export interface Fault {
  /** What is wrong, as a dead letter would put it, for those who read the batch itself. */
  readonly reason: string;
  /** The record's bytes, broken, without a line feed. */
  readonly make: (record: Row, random: Random) => Uint8Array;
}

/** The fields of a schema by what can be wrong with them. */
export interface FaultyFields {
  readonly names: readonly string[];
  /** Text other than times. */
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  readonly wholeNumbers: readonly string[];
  readonly isoTimes: readonly string[];
  /** Fields that a record may not lack, and that may not be null. */
  readonly required: readonly string[];
}

export function faultyFields(schema: RecordSchema): FaultyFields {
  const isIsoTime = (name: string): boolean => schema.time?.path === name && schema.time.unit === 'iso';
  const named = (kinds: readonly FieldType['kind'][]): string[] =>
    schema.fields.filter(({ name, type }) => kinds.includes(type.kind) && !isIsoTime(name)).map(({ name }) => name);
  return {
    names: schema.fields.map(({ name }) => name),
    texts: named(['string']),
    numbers: named(['int', 'long', 'float', 'double']),
    wholeNumbers: named(['int', 'long']),
    isoTimes: schema.fields.map(({ name }) => name).filter(isIsoTime),
    required: schema.fields
      .filter(({ name, fallback }) => fallback === undefined && fieldAt(schema, name)?.nullable === false)
      .map(({ name }) => name),
  };
}

/** A day that no calendar has, in the year and at the time of day of the record. */
export function impossibleDate(time: unknown): string {
  const text = typeof time === 'string' ? time : '2017-08-01T00:00:00';
  return `${text.slice(0, 4)}-02-30${text.slice(10)}`;
}
