import { jsonText } from './json-text.js';
import type { Field, FieldType } from './schema.js';
import type { Row, Value } from './value.js';

/** A value as its type has it, or a sentence without a full stop that says why it does not fit. */
export type Fit = { readonly value: Value; readonly problem?: undefined } | { readonly problem: string };

/**
 * Fits a record to its fields: what is missing gets the field's default (null where that may be), what is unknown is
 * let be and left out.
 * @param path where the record stands in its parents, ending in a dot; empty for the outermost
 */
export function fitRecord(fields: readonly Field[], record: Row, path = ''): Fit {
  const value: Row = {};
  for (const field of fields) {
    const fit = fitField(field, Object.hasOwn(record, field.name) ? record[field.name] : undefined, path);
    if (fit.problem !== undefined) return fit;
    value[field.name] = fit.value;
  }
  return { value };
}

/** Fits the value of one field; undefined stands for a missing one. */
export function fitField(field: Field, value: Value | undefined, path = ''): Fit {
  if (value === undefined) {
    const fallback = fallbackOf(field);
    return fallback === undefined ? { problem: `field ${path}${field.name} is missing` } : { value: fallback };
  }
  return field.nullable && value === null ? { value } : fitValue(field.type, value, path + field.name);
}

/** What a missing field has in its place; undefined where it may not be missing. */
export function fallbackOf(field: Field): Value | undefined {
  const { type, nullable, fallback } = field;
  if (fallback === undefined) return nullable || type.kind === 'null' ? null : undefined;
  if (fallback === null) return null;
  const fit = fitValue(type, fallback, field.name);
  return fit.problem === undefined ? fit.value : undefined;
}

/**
 * Fits a value to a type. An integral double fits int and long, a string of characters up to U+00FF fits bytes and
 * fixed (Avro's JSON encoding of them), and "NaN", "Infinity" and "-Infinity" fit float and double.
 * Longs come out as numbers where a double is exact, else as bigint.
 */
export function fitValue(type: FieldType, value: Value, path: string): Fit {
  switch (type.kind) {
    case 'null':
      return value === null ? { value } : misfit(type, value, path);
    case 'boolean':
      return typeof value === 'boolean' ? { value } : misfit(type, value, path);
    case 'int':
    case 'long':
      return fitInteger(type, value, path);
    case 'float':
    case 'double':
      return fitDouble(type, value, path);
    case 'string':
      if (typeof value !== 'string') return misfit(type, value, path);
      return SURROGATE.test(value) ? { problem: `field ${path} has a lone surrogate` } : { value };
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value) ? { value } : misfit(type, value, path);
    case 'bytes':
    case 'fixed': {
      const bytes = typeof value === 'string' ? latin1(value) : value;
      if (!(bytes instanceof Uint8Array)) return misfit(type, value, path);
      return type.kind === 'fixed' && bytes.length !== type.size ? misfit(type, value, path) : { value: bytes };
    }
    case 'array':
      return Array.isArray(value) ? fitItems(type.items, value, path) : misfit(type, value, path);
    case 'map':
      return isRow(value) ? fitEntries(type.values, value, path) : misfit(type, value, path);
    case 'record':
      return isRow(value) ? fitRecord(type.fields, value, `${path}.`) : misfit(type, value, path);
    case 'union':
      return fitUnion(type, value, path);
  }
}

/**
 * Which branch of a union a value belongs to: the first of its own kind, else the first that it can be made to fit;
 * -1 if it fits none.
 */
export function branchOf(branches: readonly FieldType[], value: Value): number {
  const own = branches.findIndex((branch) => isOwnKind(branch, value) && fits(branch, value));
  return own >= 0 ? own : branches.findIndex((branch) => fits(branch, value));
}

/** An object of values by name: neither null, a list nor bytes. */
export function isRow(value: Value): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

const SURROGATE = /\p{Surrogate}/u;
const LONG_LIMIT = 2n ** 63n;
const NON_NUMBERS: readonly Value[] = ['NaN', 'Infinity', '-Infinity'];

function fits(type: FieldType, value: Value): boolean {
  return fitValue(type, value, '').problem === undefined;
}

function isOwnKind(type: FieldType, value: Value): boolean {
  switch (type.kind) {
    case 'string':
    case 'enum':
      return typeof value === 'string';
    case 'bytes':
    case 'fixed':
      return value instanceof Uint8Array;
    case 'float':
    case 'double':
      return typeof value === 'number';
    default:
      return true;
  }
}

function fitInteger(type: FieldType, value: Value, path: string): Fit {
  if (typeof value !== 'number' && typeof value !== 'bigint') return misfit(type, value, path);
  if (type.kind === 'int') {
    const number = Number(value);
    return (number | 0) === number ? { value: number === 0 ? 0 : number } : misfit(type, value, path);
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { value: value === 0 ? 0 : value };
  if (typeof value === 'number' && !Number.isInteger(value)) return misfit(type, value, path);
  const long = BigInt(value);
  if (long >= LONG_LIMIT || long < -LONG_LIMIT) return misfit(type, value, path);
  const double = Number(long);
  return { value: Number.isSafeInteger(double) ? double : long };
}

function fitDouble(type: FieldType, value: Value, path: string): Fit {
  if (type.kind === 'float' && Number.isFinite(Number(value)) && !Number.isFinite(Math.fround(Number(value)))) {
    return misfit(type, value, path);
  }
  if (typeof value === 'number') return { value };
  if (typeof value === 'bigint' || NON_NUMBERS.includes(value)) return { value: Number(value) };
  return misfit(type, value, path);
}

/** As branchOf() chooses, but each branch is tried once: types that contain themselves may nest deeply. */
function fitUnion(type: FieldType & { kind: 'union' }, value: Value, path: string): Fit {
  for (const own of [true, false]) {
    for (const branch of type.branches) {
      if (isOwnKind(branch, value) !== own) continue;
      const fit = fitValue(branch, value, path);
      if (fit.problem === undefined) return fit;
    }
  }
  return misfit(type, value, path);
}

function fitItems(items: FieldType, list: readonly Value[], path: string): Fit {
  const value: Value[] = [];
  for (const [at, one] of list.entries()) {
    const fit = fitValue(items, one, `${path}[${at}]`);
    if (fit.problem !== undefined) return fit;
    value.push(fit.value);
  }
  return { value };
}

function fitEntries(values: FieldType, map: Row, path: string): Fit {
  const entries: [string, Value][] = [];
  for (const [name, one] of Object.entries(map)) {
    const fit = fitValue(values, one, `${path}.${name}`);
    if (fit.problem !== undefined) return fit;
    entries.push([name, fit.value]);
  }
  return { value: Object.fromEntries(entries) };
}

function latin1(text: string): Uint8Array | undefined {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return undefined;
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function misfit(type: FieldType, value: Value, path: string): Fit {
  return { problem: `field ${path} must be ${describe(type)}, not ${shown(value)}` };
}

/** A type in words, as `a long` or `one of ON, OFF`. */
export function describe(type: FieldType): string {
  switch (type.kind) {
    case 'null':
    case 'bytes':
      return type.kind;
    case 'int':
    case 'array':
      return `an ${type.kind}`;
    case 'enum':
      return `one of ${type.symbols.join(', ')}`;
    case 'fixed':
      return `${type.size} bytes`;
    case 'union':
      return type.branches.map(describe).join(' or ');
    default:
      return `a ${type.kind}`;
  }
}

/** A value as an error shows it: JSON, cut after 40 characters. */
export function shown(value: Value): string {
  const text = jsonText(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
