import type { Row, Value } from '../../records/value.js';
import { textOf } from '../utf8.js';
import type { Cursor } from './cursor.js';
import type { Plan, RecordPlan } from './resolve.js';

/** Reads one value at the cursor as the reader's type has it. */
export type ValueReader = (cursor: Cursor) => Value;

/** Compiles a plan to a function that reads values; checkValue() of the same plan has found no fault in them. */
export function valueReader(plan: Plan): ValueReader {
  return compile(plan, new Map());
}

function compile(plan: Plan, known: Map<RecordPlan, ValueReader>): ValueReader {
  switch (plan.kind) {
    case 'null':
      return () => null;
    case 'boolean':
      return (cursor) => cursor.bytes[cursor.take(1)] === 1;
    case 'int':
    case 'long':
      return longReader(plan.to);
    case 'float':
      return (cursor) => cursor.view.getFloat32(cursor.take(4), true);
    case 'double':
      return (cursor) => cursor.view.getFloat64(cursor.take(8), true);
    case 'string':
    case 'bytes':
      return plan.to === 'string'
        ? readText
        : (cursor) => {
            const start = cursor.take(cursor.length());
            return cursor.bytes.slice(start, cursor.at);
          };
    case 'fixed':
      return (cursor) => {
        const start = cursor.take(plan.size);
        return cursor.bytes.slice(start, cursor.at);
      };
    case 'enum':
      return (cursor) => plan.symbols[cursor.long()] ?? null;
    case 'array':
      return arrayReader(compile(plan.items, known));
    case 'map':
      return mapReader(compile(plan.values, known));
    case 'record': {
      const made = known.get(plan);
      if (made !== undefined) return made;
      // Known before its fields are compiled, so that a type may contain itself.
      const fields: (readonly [string | undefined, ValueReader])[] = [];
      const record = recordReader(plan, fields);
      known.set(plan, record);
      for (const field of plan.fields) fields.push([field.name, compile(field.plan, known)]);
      return record;
    }
    case 'union': {
      const branches = plan.branches.map((branch) => compile(branch, known));
      return (cursor) => branches[cursor.branch(branches.length)](cursor);
    }
    case 'misfit': {
      const skip = compile(plan.skip, known);
      return (cursor) => {
        skip(cursor);
        return null;
      };
    }
  }
}

/** An int or a long: a bigint where a double does not hold it. */
function longReader(to: 'int' | 'long' | 'float' | 'double'): ValueReader {
  if (to === 'float') return (cursor) => Math.fround(cursor.long());
  if (to !== 'long') return (cursor) => cursor.long();
  return (cursor) => {
    const value = cursor.long();
    return Number.isSafeInteger(value) ? value : cursor.wide;
  };
}

function readText(cursor: Cursor): string {
  const start = cursor.take(cursor.length());
  return textOf(cursor.bytes, start, cursor.at);
}

function arrayReader(item: ValueReader): ValueReader {
  return (cursor) => {
    const list: Value[] = [];
    for (let count = cursor.blockCount(); count > 0; count = cursor.blockCount()) {
      for (let at = 0; at < count; at++) list.push(item(cursor));
    }
    return list;
  };
}

function mapReader(value: ValueReader): ValueReader {
  return (cursor) => {
    const entries: [string, Value][] = [];
    for (let count = cursor.blockCount(); count > 0; count = cursor.blockCount()) {
      for (let at = 0; at < count; at++) entries.push([readText(cursor), value(cursor)]);
    }
    return Object.fromEntries(entries);
  };
}

function recordReader(plan: RecordPlan, fields: readonly (readonly [string | undefined, ValueReader])[]): ValueReader {
  return (cursor) => {
    const record: Row = {};
    for (const [name, read] of fields) {
      const value = read(cursor);
      if (name !== undefined) record[name] = value;
    }
    for (const { field, value } of plan.defaults) record[field.name] = value;
    return record;
  };
}
