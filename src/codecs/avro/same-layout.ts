import type { Field, FieldType } from '../../records/schema.js';
import type { WireField, WireType } from './wire-type.js';

/**
 * True where the bytes of a writer's record are those that the reader's own schema gives: the same fields in the same
 * order, of the same types, decimals of the same scale. Names that no bytes depend on may differ.
 */
export function sameLayout(writer: WireType, reader: FieldType): boolean {
  return compare(writer, wireTypeOf(reader), new Map());
}

function compare(a: WireType, b: WireType, seen: Map<WireType, WireType>): boolean {
  switch (a.kind) {
    case 'enum':
      return b.kind === 'enum' && a.symbols.every((symbol, at) => b.symbols[at] === symbol);
    case 'fixed':
      return b.kind === 'fixed' && a.size === b.size && sameScale(a, b);
    case 'array':
      return b.kind === 'array' && compare(a.items, b.items, seen);
    case 'map':
      return b.kind === 'map' && compare(a.values, b.values, seen);
    case 'union':
      return (
        b.kind === 'union' &&
        a.branches.length === b.branches.length &&
        a.branches.every((branch, at) => compare(branch, b.branches[at], seen))
      );
    case 'record':
      if (b.kind !== 'record' || a.fields.length !== b.fields.length) return false;
      if (seen.get(a) === b) return true;
      seen.set(a, b);
      return a.fields.every(
        ({ name, type }, at) => name === b.fields[at].name && compare(type, b.fields[at].type, seen),
      );
    case 'bytes':
      return b.kind === 'bytes' && sameScale(a, b);
    default:
      return a.kind === b.kind;
  }
}

interface PerhapsDecimal {
  readonly decimal?: { readonly scale: number };
}

/** False for two decimals whose bytes mean different numbers. */
export function sameScale(a: PerhapsDecimal, b: PerhapsDecimal): boolean {
  return a.decimal === undefined || b.decimal === undefined || a.decimal.scale === b.decimal.scale;
}

/** What the bytes of a reader's own type look like. */
export function wireTypeOf(type: FieldType): WireType {
  return convert(type, new Map());
}

function convert(type: FieldType, known: Map<FieldType, WireType>): WireType {
  switch (type.kind) {
    case 'array':
      return { kind: 'array', items: convert(type.items, known) };
    case 'map':
      return { kind: 'map', values: convert(type.values, known) };
    case 'union':
      return { kind: 'union', branches: type.branches.map((branch) => convert(branch, known)) };
    case 'record': {
      const made = known.get(type);
      if (made !== undefined) return made;
      const fields: WireField[] = [];
      const record: WireType = { kind: 'record', name: type.name, fields };
      known.set(type, record);
      for (const field of type.fields) fields.push({ name: field.name, type: fieldType(field, known) });
      return record;
    }
    default:
      return type;
  }
}

/** A field's type with the union that its being nullable stands for. */
function fieldType({ type, nullable, nullBranch }: Field, known: Map<FieldType, WireType>): WireType {
  const own = convert(type, known);
  if (!nullable) return own;
  return { kind: 'union', branches: nullBranch === 0 ? [{ kind: 'null' }, own] : [own, { kind: 'null' }] };
}
