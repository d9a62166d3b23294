import { branchOf } from './fit-value.js';
import type { FieldType } from './schema.js';
import type { Value } from './value.js';

/**
 * The sort order of two values of one type: negative, 0 or positive. It is Avro's (Avro 1.12, "Sort Order"): numbers
 * by value, strings by code point, bytes unsigned, enums by position, arrays and records element by element, unions
 * by branch and then by value. Where Avro leaves two different values equal or without an order, this goes on, so
 * that ties are broken the same way everywhere: −0 is less than 0, NaN is greater than all, and maps are compared as
 * lists of their entries in the order of the keys.
 * @param nullable whether a value may be null besides
 * @param nullBranch where null stands in that union: with 0, as by default, null is least; with 1 it is greatest
 */
export function compareValues(type: FieldType, nullable: boolean, a: Value, b: Value, nullBranch: 0 | 1 = 0): number {
  if (nullable && (a === null || b === null)) {
    if (a === b) return 0;
    return (a === null) === (nullBranch === 0) ? -1 : 1;
  }
  switch (type.kind) {
    case 'null':
      return 0;
    case 'boolean':
      return Number(a) - Number(b);
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return compareNumbers(numberOf(a), numberOf(b));
    case 'string':
      return compareTexts(String(a), String(b));
    case 'enum':
      return type.symbols.indexOf(String(a)) - type.symbols.indexOf(String(b));
    case 'bytes':
    case 'fixed':
      return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) : 0;
    case 'array':
      return compareLists(type.items, listOf(a), listOf(b));
    case 'map':
      return compareMaps(type.values, objectOf(a), objectOf(b));
    case 'record': {
      const [left, right] = [objectOf(a), objectOf(b)];
      for (const field of type.fields) {
        const { name, nullable, nullBranch } = field;
        const order = compareValues(field.type, nullable, left[name] ?? null, right[name] ?? null, nullBranch);
        if (order !== 0) return order;
      }
      return 0;
    }
    case 'union': {
      const [left, right] = [branchOf(type.branches, a), branchOf(type.branches, b)];
      const branch = type.branches[left];
      return left !== right || branch === undefined ? left - right : compareValues(branch, false, a, b);
    }
  }
}

/** By code point, which is the order of the UTF-8 bytes; JavaScript's own `<` compares UTF-16 units. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    // A surrogate stands for a code point above every other unit.
    const [leftIsHigh, rightIsHigh] = [isSurrogate(left), isSurrogate(right)];
    if (leftIsHigh !== rightIsHigh) return leftIsHigh ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** Numbers and bigints by value, −0 below 0 and NaN above all. */
export function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  if (left > right) return 1;
  const [leftIsNaN, rightIsNaN] = [Number.isNaN(left), Number.isNaN(right)];
  if (leftIsNaN || rightIsNaN) return Number(leftIsNaN) - Number(rightIsNaN);
  return Number(Object.is(right, -0)) - Number(Object.is(left, -0));
}

function compareLists(items: FieldType, a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const order = compareValues(items, false, a[at] ?? null, b[at] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareMaps(values: FieldType, a: { [name: string]: Value }, b: { [name: string]: Value }): number {
  const [left, right] = [Object.keys(a).sort(compareTexts), Object.keys(b).sort(compareTexts)];
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [leftKey = '', rightKey = ''] = [left[at], right[at]];
    const order =
      compareTexts(leftKey, rightKey) || compareValues(values, false, a[leftKey] ?? null, b[rightKey] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function numberOf(value: Value): number | bigint {
  return typeof value === 'bigint' || typeof value === 'number' ? value : Number.NaN;
}

function listOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: Value): { [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
    ? value
    : {};
}
