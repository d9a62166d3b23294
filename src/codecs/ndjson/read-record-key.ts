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
  const only = fields.length === 1 ? fields[0]?.field : undefined;
  if (only !== undefined && isBareText(only) && !isText(key, 0, key.length)) return { problem: 'the key is no UTF-8' };
  const row: Record<string, Value> = {};
  try {
    const values = only === undefined ? parseJson(key) : [single(key, only)];
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

function isBareText({ type }: Field): boolean {
  return type.kind === 'string' || type.kind === 'enum';
}

function single(key: Uint8Array, field: Field): Value {
  const { kind } = field.type;
  if (kind === 'bytes' || kind === 'fixed') return key;
  return isBareText(field) ? textOf(key, 0, key.length) : parseJson(key);
}
