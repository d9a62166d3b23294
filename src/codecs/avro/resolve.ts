import { bug, UsageError } from '../../records/errors.js';
import { describe, fallbackOf } from '../../records/fit-value.js';
import type { Field, FieldType, NamedType, RecordSchema } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { sameScale } from './same-layout.js';
import type { WireRecord, WireType } from './wire-type.js';

/** How bytes of the writer's type become values of the reader's: the outcome of schema resolution. */
export type Plan =
  | { readonly kind: 'null' | 'boolean' | 'double' }
  | { readonly kind: 'int' | 'long'; readonly to: 'int' | 'long' | 'float' | 'double' }
  | { readonly kind: 'float' }
  | { readonly kind: 'string' | 'bytes'; readonly to: 'string' | 'bytes' }
  | { readonly kind: 'fixed'; readonly size: number }
  /** The reader's symbol for each of the writer's; undefined where it has none. */
  | { readonly kind: 'enum'; readonly symbols: readonly (string | undefined)[]; readonly written: readonly string[] }
  | { readonly kind: 'array'; readonly items: Plan }
  | { readonly kind: 'map'; readonly values: Plan }
  | RecordPlan
  | { readonly kind: 'union'; readonly branches: readonly Plan[] }
  /** A branch of the writer's union that the reader's type has no room for. */
  | { readonly kind: 'misfit'; readonly skip: Plan; readonly what: string };

export interface RecordPlan {
  readonly kind: 'record';
  /** In the order of the bytes; `name` is the reader's, and absent where the reader has no such field. */
  readonly fields: readonly { readonly name?: string; readonly plan: Plan }[];
  /** What the writer does not have. */
  readonly defaults: readonly { readonly field: Field; readonly value: Value }[];
}

/**
 * Resolves the writer's schema against the reader's (Avro 1.12, "Schema Resolution"). Three things are more lenient than
 * there: the names of records, enums and fixed types need not match where there is only one they can stand for, a
 * nullable field that the writer lacks is null without a default, and of two decimals only the scale must agree.
 * @throws UsageError that names the field which can't be read
 */
export function resolveRecord(writer: WireType, reader: RecordSchema, source: string): RecordPlan {
  const resolver = new Resolver((path, what) => {
    throw new UsageError(
      `${source} can't be read as ${reader.name}: ${path === '' ? 'it' : `field ${path}`} ${what}`,
      'Name the schema that the data was written with (--schema), or give the field a type or a default that fits it.',
    );
  });
  const type: FieldType = { kind: 'record', name: reader.name, fields: reader.fields };
  const plan = resolver.resolve(writer, type, '');
  return plan.kind === 'record' ? plan : resolver.fail('', `holds ${describeWire(writer)}`);
}

/** How values are read just as they were written. */
export function planAsWritten(writer: WireType): Plan {
  return new Resolver(() => bug('nothing is resolved')).asWritten(writer);
}

class Resolver {
  readonly fail: (path: string, what: string) => never;
  /** Records that are resolved already, so that a type may contain itself. */
  readonly #resolved = new Map<WireRecord, Map<FieldType, Plan>>();
  readonly #written = new Map<WireRecord, Plan>();

  constructor(fail: (path: string, what: string) => never) {
    this.fail = fail;
  }

  resolve(writer: WireType, reader: FieldType, path: string): Plan {
    if (writer.kind === 'union') {
      return { kind: 'union', branches: writer.branches.map((branch) => this.#branch(branch, [reader], path)) };
    }
    if (reader.kind === 'union') return this.#intoUnion(writer, reader.branches, path);
    return this.#matching(writer, reader, path) ?? this.fail(path, `${mismatch(writer, reader)}`);
  }

  field(writer: WireType, reader: Field, path: string): Plan {
    if (!reader.nullable) return this.resolve(writer, reader.type, path);
    const branches = [NULL, ...(reader.type.kind === 'union' ? reader.type.branches : [reader.type])];
    if (writer.kind !== 'union') return this.#intoUnion(writer, branches, path);
    return { kind: 'union', branches: writer.branches.map((branch) => this.#branch(branch, branches, path)) };
  }

  /** The plan of a type that no reader's stands against. */
  asWritten(writer: WireType): Plan {
    switch (writer.kind) {
      case 'int':
      case 'long':
        return { kind: writer.kind, to: writer.kind };
      case 'string':
      case 'bytes':
        return { kind: writer.kind, to: writer.kind };
      case 'enum':
        return { kind: 'enum', symbols: writer.symbols, written: writer.symbols };
      case 'array':
        return { kind: 'array', items: this.asWritten(writer.items) };
      case 'map':
        return { kind: 'map', values: this.asWritten(writer.values) };
      case 'union':
        return { kind: 'union', branches: writer.branches.map((branch) => this.asWritten(branch)) };
      case 'record': {
        const known = this.#written.get(writer);
        if (known !== undefined) return known;
        const fields: { name: string; plan: Plan }[] = [];
        const plan: Plan = { kind: 'record', fields, defaults: [] };
        this.#written.set(writer, plan);
        for (const { name, type } of writer.fields) fields.push({ name, plan: this.asWritten(type) });
        return plan;
      }
      case 'fixed':
        return { kind: 'fixed', size: writer.size };
      default:
        return { kind: writer.kind };
    }
  }

  /** A branch of the writer's union, which not every record takes: it is an error only in those that do. */
  #branch(writer: WireType, readers: readonly FieldType[], path: string): Plan {
    const options = readers.flatMap((reader) => (reader.kind === 'union' ? reader.branches : [reader]));
    const reader = choose(writer, options);
    if (reader !== undefined) return this.resolve(writer, reader, path);
    return { kind: 'misfit', skip: this.asWritten(writer), what: `is ${describeWire(writer)}` };
  }

  #intoUnion(writer: WireType, branches: readonly FieldType[], path: string): Plan {
    const reader = choose(writer, branches);
    if (reader === undefined) return this.fail(path, mismatch(writer, { kind: 'union', branches }));
    return this.resolve(writer, reader, path);
  }

  /** The plan for two types of which neither is a union; undefined where they don't match. */
  #matching(writer: Exclude<WireType, { kind: 'union' }>, reader: FieldType, path: string): Plan | undefined {
    if (!sameKind(writer, reader)) return undefined;
    switch (writer.kind) {
      case 'int':
      case 'long':
        return { kind: writer.kind, to: reader.kind as 'int' | 'long' | 'float' | 'double' };
      case 'string':
      case 'bytes':
        return { kind: writer.kind, to: reader.kind as 'string' | 'bytes' };
      case 'enum':
        return reader.kind === 'enum' ? enumPlan(writer.symbols, reader) : undefined;
      case 'fixed':
        return { kind: 'fixed', size: writer.size };
      case 'array':
        return reader.kind === 'array'
          ? { kind: 'array', items: this.resolve(writer.items, reader.items, `${path}[]`) }
          : undefined;
      case 'map':
        return reader.kind === 'map'
          ? { kind: 'map', values: this.resolve(writer.values, reader.values, `${path}{}`) }
          : undefined;
      case 'record':
        return reader.kind === 'record' ? this.#record(writer, reader, path) : undefined;
      default:
        return { kind: writer.kind };
    }
  }

  #record(writer: WireRecord, reader: FieldType & { kind: 'record' }, path: string): Plan {
    const known = this.#resolved.get(writer)?.get(reader);
    if (known !== undefined) return known;
    const fields: { name?: string; plan: Plan }[] = [];
    const defaults: { field: Field; value: Value }[] = [];
    const plan: RecordPlan = { kind: 'record', fields, defaults };
    const byReader = this.#resolved.get(writer) ?? new Map<FieldType, Plan>();
    this.#resolved.set(writer, byReader.set(reader, plan));
    const prefix = path === '' ? '' : `${path}.`;
    const found = new Set<Field>();
    for (const { name, type } of writer.fields) {
      const field = reader.fields.find((one) => one.name === name) ?? byAlias(reader.fields, name, writer);
      if (field === undefined) {
        fields.push({ plan: this.asWritten(type) });
      } else {
        found.add(field);
        fields.push({ name: field.name, plan: this.field(type, field, prefix + field.name) });
      }
    }
    for (const field of reader.fields) {
      if (found.has(field)) continue;
      const value = fallbackOf(field);
      if (value === undefined) this.fail(prefix + field.name, 'is not there and has no default');
      else defaults.push({ field, value });
    }
    return plan;
  }
}

const NULL: FieldType = { kind: 'null' };

/** The reader's field that goes by the writer's name, unless the writer has a field of the reader's own name. */
function byAlias(fields: readonly Field[], name: string, writer: WireRecord): Field | undefined {
  return fields.find(
    (field) => field.aliases?.includes(name) && !writer.fields.some((other) => other.name === field.name),
  );
}

function enumPlan(written: readonly string[], reader: FieldType & { kind: 'enum' }): Plan {
  return {
    kind: 'enum',
    written,
    symbols: written.map((symbol) => (reader.symbols.includes(symbol) ? symbol : reader.spare)),
  };
}

/** Which of the reader's types takes the writer's: the same kind and name, the same kind, a promotion, in this order. */
function choose(writer: WireType, readers: readonly FieldType[]): FieldType | undefined {
  const fitting = readers.filter((reader) => sameKind(writer, reader));
  const own = fitting.filter((reader) => reader.kind === writer.kind);
  const named = own.find((reader) => 'name' in writer && 'name' in reader && sameName(writer.name, reader));
  return named ?? own[0] ?? fitting[0];
}

function sameName(written: string, reader: NamedType): boolean {
  const short = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const names = [reader.name, ...(reader.aliases ?? [])];
  return names.some((name) => short(name) === short(written));
}

const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

function sameKind(writer: WireType, reader: FieldType): boolean {
  if (writer.kind === 'bytes' && reader.kind === 'bytes') return sameScale(writer, reader);
  if (writer.kind === 'fixed' && reader.kind === 'fixed') {
    return writer.size === reader.size && sameScale(writer, reader);
  }
  return writer.kind === reader.kind || (PROMOTIONS[writer.kind]?.includes(reader.kind) ?? false);
}

function mismatch(writer: WireType, reader: FieldType): string {
  if ('decimal' in writer && 'decimal' in reader && !sameScale(writer, reader)) {
    return `is a decimal of scale ${writer.decimal?.scale} there and of scale ${reader.decimal?.scale} in the schema`;
  }
  return `is ${describeWire(writer)} there and ${describe(reader)} in the schema`;
}

function describeWire(type: WireType): string {
  switch (type.kind) {
    case 'enum':
    case 'record':
    case 'fixed':
      return `the ${type.kind} ${type.name}`;
    case 'union':
      return type.branches.map(describeWire).join(' or ');
    case 'null':
    case 'bytes':
      return type.kind;
    default:
      return `${/^[aei]/.test(type.kind) ? 'an' : 'a'} ${type.kind}`;
  }
}
