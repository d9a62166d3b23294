import type { Field } from '../../records/schema.js';
import { parseTimeText } from '../../records/time/parse-time.js';
import { BooleanFiller, DictionaryFiller, type Filler, NumberFiller, type TimeFiller } from '../column-fillers.js';
import { KeptSliceFiller } from '../slice-fillers.js';
import { isText } from '../utf8.js';
import type { MsgpackCursor } from './cursor.js';

/** Reads the item at the cursor into a row; false, and the cursor not moved, where that is not all there is to do. */
export type Take = (cursor: MsgpackCursor, row: number) => boolean;

/**
 * How a scalar field's usual items are read, or only checked where nothing reads them. Whatever is not usual is left
 * to fitField(), which also knows what is wrong with it.
 */
export function fillScalar({ type, nullable }: Field, filler: Filler | undefined): Take {
  const take = takeOf();
  if (!nullable) return take;
  return (cursor, row) => {
    if (!cursor.nil()) return take(cursor, row);
    filler?.setNull(row);
    return true;
  };

  function takeOf(): Take {
    switch (type.kind) {
      case 'string':
        return takeText(filler instanceof DictionaryFiller ? filler : undefined);
      case 'boolean':
        return takeBoolean(filler instanceof BooleanFiller ? filler : undefined);
      case 'int':
      case 'long':
      case 'float':
      case 'double':
        return takeNumber(type.kind, filler instanceof NumberFiller ? filler : undefined);
      case 'bytes':
        return takeBytes(filler instanceof KeptSliceFiller ? filler : undefined);
      default:
        return () => false;
    }
  }
}

/** Moves back where a reader has moved and the item does not fit. */
function back(cursor: MsgpackCursor, start: number): false {
  cursor.at = start;
  return false;
}

function takeText(filler: DictionaryFiller | undefined): Take {
  return (cursor, row) => {
    const before = cursor.at;
    const length = cursor.textLength();
    if (length < 0) return false;
    const start = cursor.at;
    cursor.at += length;
    const { bytes, view } = cursor;
    const isValid =
      filler === undefined ? isText(bytes, start, cursor.at) : filler.setBytes(row, bytes, view, start, cursor.at);
    return isValid || back(cursor, before);
  };
}

/** Reads a time's text. */
export function takeTimeText(filler: TimeFiller): Take {
  return (cursor, row) => {
    const before = cursor.at;
    const length = cursor.textLength();
    if (length < 0) return false;
    const start = cursor.at;
    cursor.at += length;
    const time = parseTimeText(cursor.bytes.subarray(start, cursor.at));
    if (time === undefined) return back(cursor, before);
    filler.set(row, time);
    return true;
  };
}

function takeBoolean(filler: BooleanFiller | undefined): Take {
  return (cursor, row) => {
    const value = cursor.boolean();
    if (value === undefined) return false;
    filler?.set(row, value);
    return true;
  };
}

function takeNumber(kind: 'int' | 'long' | 'float' | 'double', filler: NumberFiller | undefined): Take {
  const fits: (value: number) => boolean =
    kind === 'int' ? (value) => (value | 0) === value : kind === 'long' ? Number.isSafeInteger : () => true;
  return (cursor, row) => {
    const before = cursor.at;
    const value = cursor.number();
    if (value === undefined) return false;
    if (cursor.wide !== undefined || !fits(value)) return back(cursor, before);
    filler?.set(row, value);
    return true;
  };
}

function takeBytes(filler: KeptSliceFiller | undefined): Take {
  return (cursor, row) => {
    const length = cursor.bytesLength();
    if (length < 0) return false;
    cursor.at += length;
    filler?.set(row, cursor.bytes, cursor.at - length, cursor.at);
    return true;
  };
}
