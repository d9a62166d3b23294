import type { TimeUnit } from '../records/time/form.js';

// The numbers of assembly/node.ts.
export const ACCEPT = { null: 1, bool: 2, number: 4, string: 8, object: 16, array: 32, anything: 63 } as const;
export const NUMBER = { int: 0, long: 1, float: 2, double: 3 } as const;
export const TEXT = { any: 0, time: 1, enum: 2, bytes: 3, double: 4 } as const;
export const OUT = { none: 0, dictionary: 1, double: 2, long: 3, bool: 4, time: 5, slice: 6 } as const;
export const UNIT: Readonly<Record<Exclude<TimeUnit, 'iso'>, number>> = { d: 0, s: 1, ms: 2, us: 3, ns: 4 };
export const FORM_UNSET = 0xffffffff;

export const NODE = {
  accepts: 0,
  number: 1,
  text: 2,
  size: 3,
  fields: 4,
  fieldCount: 5,
  element: 6,
  out: 7,
  column: 8,
  side: 9,
  nulls: 10,
  dictionary: 11,
  unit: 12,
  form: 13,
  formsVary: 14,
  wide: 15,
  hasNull: 16,
  fallbackNull: 17,
  fallback: 18,
  projects: 20,
  check: 21,
  defaults: 22,
  defaultCount: 23,
} as const;
export const NODE_BYTES = 96;
/** Of an entry in a record's table of defaults: its node, whether it is null, and its value as a column has it. */
export const DEFAULT = { node: 0, isNull: 1, value: 2, words: 4 } as const;
/** Of an entry in a record's table of fields, and where the field's node stands in it. */
export const FIELD_WORDS = 4;
export const FIELD_NODE = 2;
