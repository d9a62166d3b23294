import { isText } from '../utf8.js';
import type { Cursor } from './cursor.js';
import type { Plan, RecordPlan } from './resolve.js';

/** Moves the cursor past one value. */
export type Step = (cursor: Cursor) => void;

/**
 * Compiles a plan to a function that moves past a value and notes as the cursor's problem what does not fit: text that
 * is not UTF-8, an int of more than 32 bits, an unknown symbol, a branch that the reader has no room for.
 * @param path what to call the value
 */
export function checkValue(plan: Plan, path: string): Step {
  return compile(plan, path, new Map());
}

function compile(plan: Plan, path: string, known: Map<RecordPlan, Step>): Step {
  switch (plan.kind) {
    case 'null':
      return () => {};
    case 'boolean':
      return (cursor) => {
        readBoolean(cursor, path);
      };
    case 'int':
      return (cursor) => {
        readInt(cursor, path);
      };
    case 'long':
      return (cursor) => {
        cursor.long();
      };
    case 'float':
      return (cursor) => {
        cursor.take(4);
      };
    case 'double':
      return (cursor) => {
        cursor.take(8);
      };
    case 'string':
    case 'bytes': {
      const isTextual = plan.kind === 'string' || plan.to === 'string';
      return (cursor) => {
        const start = cursor.take(cursor.length());
        if (isTextual) checkText(cursor, start, path);
      };
    }
    case 'fixed':
      return (cursor) => {
        cursor.take(plan.size);
      };
    case 'enum':
      return (cursor) => {
        readSymbol(cursor, plan, path);
      };
    case 'array': {
      const item = compile(plan.items, path, known);
      return (cursor) => {
        cursor.enter();
        for (let count = cursor.blockCount(); count > 0; count = cursor.blockCount()) {
          for (let at = 0; at < count; at++) item(cursor);
        }
        cursor.leave();
      };
    }
    case 'map': {
      const value = compile(plan.values, path, known);
      return (cursor) => {
        cursor.enter();
        for (let count = cursor.blockCount(); count > 0; count = cursor.blockCount()) {
          for (let at = 0; at < count; at++) {
            checkText(cursor, cursor.take(cursor.length()), path);
            value(cursor);
          }
        }
        cursor.leave();
      };
    }
    case 'record': {
      const made = known.get(plan);
      if (made !== undefined) return made;
      const steps: Step[] = [];
      const record: Step = (cursor) => {
        cursor.enter();
        for (const step of steps) step(cursor);
        cursor.leave();
      };
      known.set(plan, record);
      for (const field of plan.fields) {
        steps.push(compile(field.plan, field.name === undefined ? path : `${path}.${field.name}`, known));
      }
      return record;
    }
    case 'union': {
      const branches = plan.branches.map((branch) => compile(branch, path, known));
      return (cursor) => branches[cursor.branch(branches.length)](cursor);
    }
    case 'misfit': {
      const skip = compile(plan.skip, path, known);
      return (cursor) => {
        skip(cursor);
        cursor.refuse(`field ${path} ${plan.what}, which the schema does not allow`);
      };
    }
  }
}

export function readBoolean(cursor: Cursor, path: string): boolean {
  const byte = cursor.bytes[cursor.take(1)];
  if (byte > 1) cursor.refuse(`field ${path} must be a boolean, not the byte ${byte}`);
  return byte === 1;
}

export function readInt(cursor: Cursor, path: string): number {
  const value = cursor.long();
  if ((value | 0) !== value) cursor.refuse(`field ${path} must be an int, not ${value}`);
  return value;
}

/** The number of the writer's symbol, for which the reader has one; -1 (and a problem) otherwise. */
export function readSymbol(cursor: Cursor, plan: Plan & { kind: 'enum' }, path: string): number {
  const index = cursor.long();
  if (plan.symbols[index] !== undefined) return index;
  const symbol = plan.written[index];
  const what = symbol === undefined ? `the symbol number ${index}, which its enum does not have` : symbol;
  cursor.refuse(`field ${path} has ${what}${symbol === undefined ? '' : ', which the schema does not allow'}`);
  return -1;
}

/** Checks that [start, the cursor) is text. */
export function checkText(cursor: Cursor, start: number, path: string): boolean {
  if (isText(cursor.bytes, start, cursor.at)) return true;
  cursor.refuse(`field ${path} is not valid UTF-8`);
  return false;
}
