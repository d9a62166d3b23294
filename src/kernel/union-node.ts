import type { FieldType } from '../records/schema.js';

type Branches = readonly FieldType[];

/** Kinds whose values JSON writes as a string; floats and doubles, where they are NaN or infinite. */
const TEXTUAL = ['string', 'enum', 'bytes', 'fixed', 'float', 'double'];

/**
 * Whether one node says exactly what fits a union. A node has one list of fields, one element and one kind of text, so
 * that two branches must not need the same one of these.
 */
export function isOneNode(branches: Branches): boolean {
  const count = (...kinds: FieldType['kind'][]): number => branches.filter(({ kind }) => kinds.includes(kind)).length;
  const hasText = branches.some(({ kind }) => TEXTUAL.includes(kind));
  return count('record', 'map') < 2 && count('array', 'map') < 2 && (!hasText || widestText(branches) !== undefined);
}

/** The branch that takes every text that another branch takes; undefined where none does. */
export function widestText(branches: Branches): FieldType | undefined {
  const textual = branches.filter(({ kind }) => TEXTUAL.includes(kind));
  return textual.find((wide) => textual.every((narrow) => wide === narrow || takesTextsOf(wide, narrow)));
}

function takesTextsOf(wide: FieldType, narrow: FieldType): boolean {
  switch (wide.kind) {
    case 'string':
      return true;
    case 'bytes':
      return narrow.kind === 'enum' ? narrow.symbols.every(isLatin1) : narrow.kind !== 'string';
    case 'float':
    case 'double':
      return narrow.kind === 'float' || narrow.kind === 'double';
    default:
      return false;
  }
}

function isLatin1(text: string): boolean {
  return /^[\0-\xff]*$/u.test(text);
}
