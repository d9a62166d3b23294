import { type Fit, fitField } from '../records/fit-value.js';
import { JsonError, parseJson } from '../records/json-text.js';
import { type Field, isScalar } from '../records/schema.js';
import type { Value } from '../records/value.js';
import type { SqlValue } from './sql-value.js';

/** A stored value as its field has it, or why it does not fit: tables may have been written by others. */
export function storedValue(field: Field, stored: SqlValue): Fit {
  if (typeof stored === 'string' && isNested(field)) {
    try {
      return fitField(field, parseJson(stored));
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return { problem: `field ${field.name} must be JSON text: ${error.message}` };
    }
  }
  if (field.type.kind === 'boolean' && (stored === 0 || stored === 1)) return fitField(field, stored === 1);
  return fitField(field, stored);
}

/** A stored value, or null where it does not fit. */
export function storedValueOrNull(field: Field, stored: SqlValue): Value {
  const fit = storedValue(field, stored);
  return fit.problem === undefined ? fit.value : null;
}

function isNested({ type }: Field): boolean {
  return !isScalar(type);
}
