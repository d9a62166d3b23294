import { bug } from '../../records/errors.js';
import type { Field, RecordSchema } from '../../records/schema.js';
import { BoolIds } from './bool-ids.js';
import { BytesIds } from './bytes-ids.js';
import type { ColumnIds } from './column-ids.js';
import { DoubleIds, LongIds } from './number-ids.js';
import { TextIds } from './text-ids.js';
import { TimeIds } from './time-ids.js';

/** What numbers the values of a field that holds a scalar. */
export function fieldIds(schema: RecordSchema, path: string, { type }: Field): ColumnIds {
  if (schema.time?.path === path) return new TimeIds();
  switch (type.kind) {
    case 'string':
      return new TextIds();
    case 'enum':
      return new TextIds(type.symbols);
    case 'long':
      return new LongIds();
    case 'int':
    case 'float':
    case 'double':
      return new DoubleIds();
    case 'boolean':
      return new BoolIds();
    case 'bytes':
    case 'fixed':
      return new BytesIds();
    default:
      return bug(`values of ${path} can't be numbered: it is a ${type.kind}`);
  }
}
