import type { TimeUnit } from '../../records/time/form.js';
import { parseTimeText } from '../../records/time/parse-time.js';
import { writtenTime, writtenTimeProblem } from '../../records/time-column.js';
import type { BooleanFiller, DictionaryFiller, Filler, NumberFiller, TimeFiller } from '../column-fillers.js';
import type { SliceFiller } from '../slice-fillers.js';
import { checkText, checkValue, readBoolean, readInt, readSymbol } from './check-value.js';
import type { Cursor } from './cursor.js';
import { valueReader } from './read-value.js';
import type { Plan } from './resolve.js';

/** Reads the value at the cursor into a row of a column, or notes why it can't. */
export type Fill = (cursor: Cursor, row: number) => void;

/** Wraps what reads a value with what its unions need: null, and branches that the reader has no room for. */
export function fillBranches(
  plan: Plan,
  filler: Pick<Filler, 'setNull'>,
  path: string,
  leaf: (plan: Plan) => Fill,
): Fill {
  switch (plan.kind) {
    case 'null':
      return (_cursor, row) => filler.setNull(row);
    case 'misfit':
      return checkValue(plan, path);
    case 'union': {
      const branches = plan.branches.map((branch) => fillBranches(branch, filler, path, leaf));
      return (cursor, row) => branches[cursor.branch(branches.length)](cursor, row);
    }
    default:
      return leaf(plan);
  }
}

export function fillText(plan: Plan, filler: DictionaryFiller, path: string): Fill {
  return fillBranches(plan, filler, path, (leaf) => {
    if (leaf.kind === 'enum') {
      return (cursor, row) => {
        const symbol = leaf.symbols[readSymbol(cursor, leaf, path)];
        if (symbol !== undefined) filler.set(row, symbol);
      };
    }
    return (cursor, row) => {
      const start = cursor.take(cursor.length());
      const isSet = filler.setBytes(row, cursor.bytes, cursor.view, start, cursor.at);
      if (!isSet) cursor.refuse(`field ${path} is not valid UTF-8`);
    };
  });
}

export function fillNumber(plan: Plan, filler: NumberFiller, path: string): Fill {
  return fillBranches(plan, filler, path, (leaf) => {
    switch (leaf.kind) {
      case 'float':
        return (cursor, row) => filler.set(row, cursor.view.getFloat32(cursor.take(4), true));
      case 'double':
        return (cursor, row) => filler.set(row, cursor.view.getFloat64(cursor.take(8), true));
      case 'int':
        return leaf.to === 'float'
          ? (cursor, row) => filler.set(row, Math.fround(readInt(cursor, path)))
          : (cursor, row) => filler.set(row, readInt(cursor, path));
      case 'long':
        if (leaf.to === 'float') return (cursor, row) => filler.set(row, Math.fround(cursor.long()));
        if (leaf.to === 'double') return (cursor, row) => filler.set(row, cursor.long());
        return (cursor, row) => {
          const value = cursor.long();
          if (Number.isSafeInteger(value)) filler.set(row, value);
          else filler.setWide(row, cursor.wide);
        };
      default:
        return checkValue(leaf, path);
    }
  });
}

export function fillBoolean(plan: Plan, filler: BooleanFiller, path: string): Fill {
  return fillBranches(plan, filler, path, () => (cursor, row) => filler.set(row, readBoolean(cursor, path)));
}

export function fillBytes(plan: Plan, filler: SliceFiller, path: string): Fill {
  return fillBranches(plan, filler, path, (leaf) => (cursor, row) => {
    const start = cursor.take(leaf.kind === 'fixed' ? leaf.size : cursor.length());
    if (leaf.kind === 'string') checkText(cursor, start, path);
    filler.set(row, start, cursor.at);
  });
}

/** A nested value as its bytes; `inner` moves past it and checks it. The number of a union's branch belongs to it. */
export function fillSlice(plan: Plan, inner: Fill, filler: SliceFiller): Fill {
  const nulls = plan.kind === 'union' ? plan.branches.map((branch) => branch.kind === 'null') : [plan.kind === 'null'];
  return (cursor, row) => {
    const start = cursor.at;
    const isNull = nulls[plan.kind === 'union' ? cursor.branch(nulls.length) : 0];
    cursor.at = start;
    inner(cursor, row);
    if (isNull) filler.setNull(row);
    else filler.set(row, start, cursor.at);
  };
}

/** The event time. A value that is no time does not fit, whether or not anything reads it. */
export function fillTime(plan: Plan, unit: TimeUnit, filler: TimeFiller, path: string): Fill {
  return fillBranches(plan, filler, path, (leaf) => {
    const fill = fillAnyTime(leaf, unit, filler, path);
    if (leaf.kind !== 'string' || unit !== 'iso') return fill;
    return (cursor, row) => {
      const before = cursor.at;
      const start = cursor.take(cursor.length());
      const time = parseTimeText(cursor.bytes.subarray(start, cursor.at));
      if (time !== undefined) {
        filler.set(row, time);
        return;
      }
      cursor.at = before;
      fill(cursor, row);
    };
  });
}

/** Reads any value, to tell also what is wrong with one that is no time. */
function fillAnyTime(plan: Plan, unit: TimeUnit, filler: TimeFiller, path: string): Fill {
  const check = checkValue(plan, path);
  const read = valueReader(plan);
  return (cursor, row) => {
    const start = cursor.at;
    check(cursor);
    if (cursor.problem !== undefined) return;
    const end = cursor.at;
    cursor.at = start;
    const value = read(cursor);
    cursor.at = end;
    const time = writtenTime(value, unit);
    if (time === undefined) cursor.refuse(writtenTimeProblem(path, value, unit));
    else filler.set(row, time);
  };
}
