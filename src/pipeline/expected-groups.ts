import type { Batch } from '../records/batch.js';
import { UsageError } from '../records/errors.js';
import { fitValue } from '../records/fit-value.js';
import { batchFromRows } from '../records/row-batch.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import type { Row, Value } from '../records/value.js';

/**
 * Keys that are written as texts, as a batch with a column for each field of the key.
 * @param keys the texts of each key's fields
 * @throws UsageError where one has another number of fields, or a text that is no value of its field
 */
export function expectedGroups(
  schema: RecordSchema,
  by: readonly string[],
  keys: readonly (readonly string[])[],
  zone: Zone,
): Batch {
  if (by.length === 0) {
    throw new UsageError(
      `--expect ${keys[0]?.join(' ') ?? ''}: nothing says which fields that is a value of`,
      'Name the fields with --by.',
    );
  }
  const rows = keys.map((texts): Row => {
    if (texts.length !== by.length) {
      throw new UsageError(
        `--expect ${texts.join(' ')}: a key has ${by.length} fields (${by.join(', ')})`,
        'Write one key a line to a file, its fields between tabs: --expect @FILE.',
      );
    }
    return Object.fromEntries(by.map((path, at) => [path, textValue(schema, path, texts[at] ?? '')]));
  });
  return batchFromRows(schema, rows, { paths: by, zone });
}

function textValue(schema: RecordSchema, path: string, text: string): Value {
  const type = fieldAt(schema, path)?.type;
  if (type === undefined) return null;
  const isNumber = ['int', 'long', 'float', 'double'].includes(type.kind);
  const value = isNumber ? numberOf(text) : type.kind === 'boolean' ? booleanOf(text) : text;
  const fit = fitValue(type, value, path);
  if (fit.problem === undefined) return fit.value;
  throw new UsageError(`--expect ${text}: ${fit.problem}`);
}

function numberOf(text: string): Value {
  if (/^-?\d+$/.test(text)) {
    const whole = BigInt(text);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

function booleanOf(text: string): Value {
  return text === 'true' ? true : text === 'false' ? false : text;
}
