import { type Fit, fitField } from '../../records/fit-value.js';
import { JsonError, parseJson } from '../../records/json-text.js';
import type { Field } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { isText, textOf } from '../utf8.js';

/** A field of a record's key. */
export interface KeyField {
  readonly path: string;
  readonly field: Field;
}

/**
 * Reads a record's key as RecordKeys writes it: one field as its text, several as a JSON array of them.
 * @returns values by path, or a sentence without a full stop that says why it is none
 */
export function readRecordKey(key: Uint8Array, fields: readonly KeyField[]): Fit {
  const [only] = fields;
  const row: Record<string, Value> = {};
  if (fields.length === 1 && isTextKind(only?.field) && !isText(key, 0, key.length)) {
    return { problem: 'the key is no UTF-8' };
  }
  try {
    const values = fields.length === 1 && only !== undefined ? [single(key, only.field)] : parseJson(key);
    if (!Array.isArray(values) || values.length !== fields.length) {
      return { problem: `the key is no array of ${fields.map(({ path }) => path).join(' and ')}` };
    }
    for (const [at, { path, field }] of fields.entries()) {
      const fit = fitField({ ...field, name: path }, values[at]);
      if (fit.problem !== undefined) return fit;
      row[path] = fit.value;
    }
    return { value: row };
  } catch (error) {
    if (error instanceof JsonError) return { problem: `the key is ${error.message}` };
    throw error;
  }
}

function isTextKind(field: Field | undefined): boolean {
  return field?.type.kind === 'string' || field?.type.kind === 'enum';
}

function single(key: Uint8Array, field: Field): Value {
  const { kind } = field.type;
  if (kind === 'bytes' || kind === 'fixed') return key;
  return isTextKind(field) ? textOf(key, 0, key.length) : parseJson(key);
}
