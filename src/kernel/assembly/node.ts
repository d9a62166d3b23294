// The schema as the kernel sees it: a tree of nodes in linear memory, written by ../node-tree.ts.
// The numbers here and in ../node-layout.ts must agree; node-layout.test.ts reads both.

export const JSON_NULL: u32 = 1;
export const JSON_BOOL: u32 = 2;
export const JSON_NUMBER: u32 = 4;
export const JSON_STRING: u32 = 8;
export const JSON_OBJECT: u32 = 16;
export const JSON_ARRAY: u32 = 32;

export const NUMBER_INT: u32 = 0;
export const NUMBER_LONG: u32 = 1;
export const NUMBER_FLOAT: u32 = 2;
export const NUMBER_DOUBLE: u32 = 3;

export const TEXT_ANY: u32 = 0;
export const TEXT_TIME: u32 = 1;
export const TEXT_ENUM: u32 = 2;
/** Avro bytes and fixed as JSON has them: one character, up to U+00FF, a byte. */
export const TEXT_BYTES: u32 = 3;
/** The doubles that JSON has no number for: "NaN", "Infinity" and "-Infinity". */
export const TEXT_DOUBLE: u32 = 4;

export const OUT_NONE: u32 = 0;
export const OUT_DICTIONARY: u32 = 1;
export const OUT_DOUBLE: u32 = 2;
export const OUT_LONG: u32 = 3;
export const OUT_BOOL: u32 = 4;
export const OUT_TIME: u32 = 5;
export const OUT_SLICE: u32 = 6;

export const UNIT_D: u32 = 0;
export const UNIT_S: u32 = 1;
export const UNIT_MS: u32 = 2;
export const UNIT_US: u32 = 3;
export const UNIT_NS: u32 = 4;

/** What a value may be, and where it goes. */
@unmanaged
export class Node {
  /** JSON_* bits of the kinds that fit. */
  accepts: u32;
  number: u32;
  text: u32;
  /** Exact length of a fixed; -1 for any. */
  size: i32;
  /** Array of Field, of a record; 0 otherwise. */
  fields: usize;
  fieldCount: i32;
  /** The node of an array's items or a map's values. */
  element: usize;
  out: u32;
  /** The column: ids, doubles, bools, millis or starts. */
  column: usize;
  /** A second column: exact longs, forms or ends. */
  side: usize;
  nulls: usize;
  dictionary: usize;
  /** UNIT_* of a numeric time. */
  unit: u32;
  /** The form of this batch's times so far; FORM_UNSET before the first. */
  form: u32;
  /** 1 once forms differ and `side` holds one a row. */
  formsVary: u32;
  /** 1 once a long beyond 2^53 - 1 was met and `side` holds it. */
  wide: u32;
  /** 1 once a null was written. */
  hasNull: u32;
  /** What a missing leaf gets: 8 bytes as the column has them. */
  fallbackNull: u32;
  fallback: u64;
  /** 1 for a record that has columns below it. A type that contains itself has none there. */
  projects: u32;
  /** Of a type that the words above do not say exactly: which one, for slowFit(); 0 for any other. */
  check: u32;
  /** Array of Default, of a record that has columns below it and a default: what they get where it is missing. */
  defaults: usize;
  defaultCount: i32;
}

/** What the column of a node gets where the record around it is missing. */
@unmanaged
export class Default {
  node: usize;
  isNull: u32;
  /** As the column has it. */
  value: u64;
}
export const DEFAULT_BYTES: usize = 16;

export const FORM_UNSET: u32 = 0xffffffff;

/** Writes a long to its column: as a double, and exactly where that is not the same. */
// @ts-ignore: decorator
@inline
export function storeLong(node: Node, row: i32, long: i64): void {
  store<f64>(node.column + ((<usize>row) << 3), <f64>long);
  if (long > 9007199254740991 || long < -9007199254740991) {
    store<i64>(node.side + ((<usize>row) << 3), long);
    node.wide = 1;
  }
}

export const MISSING_REFUSED: u32 = 0;
export const MISSING_FILLED: u32 = 1;

@unmanaged
export class Field {
  name: usize;
  nameLength: u32;
  node: usize;
  missing: u32;
}
export const FIELD_BYTES: usize = 16;

/**
 * Distinct byte strings: see ../kernel-dictionary.ts, which makes room for a scan's bytes, and for entries when a scan
 * has stopped because `limit` was reached. (Room for every entry that a scan could bring would spread few entries
 * over many cache lines.)
 */
@unmanaged
export class Dictionary {
  /** Open addressing: ids, -1 where free. */
  slots: usize;
  mask: u32;
  size: i32;
  /** At this size a scan stops; there is room for some entries more: for those that wait, and for the line's. */
  limit: i32;
  /** offsets[id] to offsets[id + 1] in `bytes`. */
  offsets: usize;
  bytes: usize;
  bytesLength: u32;
  /** How many bytes there is room for. */
  byteRoom: u32;
}
