import { type Decimal, decimalOf } from '../../records/decimal.js';
import { UsageError } from '../../records/errors.js';

/** An Avro type as a file's header declares it: what its bytes look like, and the names that resolution goes by. */
export type WireType =
  | { readonly kind: Exclude<Primitive, 'bytes'> }
  | { readonly kind: 'bytes'; readonly decimal?: Decimal }
  | { readonly kind: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: 'fixed'; readonly name: string; readonly size: number; readonly decimal?: Decimal }
  | { readonly kind: 'array'; readonly items: WireType }
  | { readonly kind: 'map'; readonly values: WireType }
  | WireRecord
  | { readonly kind: 'union'; readonly branches: readonly WireType[] };

export type Primitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'string' | 'bytes';

export interface WireRecord {
  readonly kind: 'record';
  readonly name: string;
  readonly fields: readonly WireField[];
}

export interface WireField {
  readonly name: string;
  readonly type: WireType;
}

const PRIMITIVES: readonly string[] = ['null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes'];

/**
 * Reads the schema that data was written with (Avro 1.12, "Schema Declaration"). Only what the bytes depend on counts,
 * and a decimal's scale: annotations, defaults and other logical types of the writer are let be.
 * @param source what to call the data in errors
 * @param others schemas whose names it uses
 * @throws UsageError where it is no Avro schema
 */
export function parseWireType(json: unknown, source: string, others: readonly unknown[] = []): WireType {
  const parser = new WireTypeParser(source);
  for (const other of others) parser.type(other, '');
  return parser.type(json, '');
}

class WireTypeParser {
  readonly #source: string;
  readonly #names = new Map<string, WireType>();

  constructor(source: string) {
    this.#source = source;
  }

  type(json: unknown, namespace: string): WireType {
    if (typeof json === 'string') return this.#reference(json, namespace);
    if (Array.isArray(json)) return { kind: 'union', branches: json.map((branch) => this.type(branch, namespace)) };
    if (json === undefined) return this.#fail('a type is missing');
    if (typeof json !== 'object' || json === null) return this.#fail(`${JSON.stringify(json)} is not a type`);
    const { type, items, values, symbols, size, fields } = json as Record<string, unknown>;
    const known = decimalOf(json);
    const decimal = known === undefined ? {} : { decimal: known };
    switch (type) {
      case 'array':
        return { kind: 'array', items: this.type(items, namespace) };
      case 'map':
        return { kind: 'map', values: this.type(values, namespace) };
      case 'enum': {
        const { full } = this.#name(json, namespace);
        if (!Array.isArray(symbols)) return this.#fail(`enum ${full} has no symbols`);
        return this.#add({ kind: 'enum', name: full, symbols: symbols.map(String) });
      }
      case 'fixed': {
        const { full } = this.#name(json, namespace);
        if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) return this.#fail(`${full} has no size`);
        return this.#add({ kind: 'fixed', name: full, size, ...decimal });
      }
      case 'record':
      case 'error': {
        const { full, inner } = this.#name(json, namespace);
        if (!Array.isArray(fields)) return this.#fail(`record ${full} has no fields`);
        const list: WireField[] = [];
        // Known before its fields are read, so that a record may contain itself.
        const record = this.#add({ kind: 'record', name: full, fields: list });
        for (const field of fields) list.push(this.#field(field, full, inner));
        return record;
      }
      default: {
        const inner = this.type(type, namespace);
        return inner.kind === 'bytes' ? { ...inner, ...decimal } : inner;
      }
    }
  }

  #field(json: unknown, record: string, namespace: string): WireField {
    if (typeof json !== 'object' || json === null) return this.#fail(`record ${record} has a field that is no object`);
    const { name, type } = json as Record<string, unknown>;
    if (typeof name !== 'string') return this.#fail(`record ${record} has a field without a name`);
    return { name, type: this.type(type, namespace) };
  }

  #reference(name: string, namespace: string): WireType {
    if (PRIMITIVES.includes(name)) return { kind: name as Primitive };
    const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
    return this.#names.get(full) ?? this.#names.get(name) ?? this.#fail(`there is no type ${name}`);
  }

  /** The full name of a named type, and the namespace that names within it are taken into. */
  #name(json: object, namespace: string): { full: string; inner: string } {
    const own = json as { name?: unknown; namespace?: unknown };
    if (typeof own.name !== 'string') return this.#fail('a named type has no name');
    if (own.name.includes('.')) return { full: own.name, inner: own.name.slice(0, own.name.lastIndexOf('.')) };
    const inner = typeof own.namespace === 'string' ? own.namespace : namespace;
    return { full: inner === '' ? own.name : `${inner}.${own.name}`, inner };
  }

  #add<T extends WireType & { name: string }>(type: T): T {
    this.#names.set(type.name, type);
    return type;
  }

  #fail(what: string): never {
    throw new UsageError(
      `${this.#source} carries a schema that is not Avro: ${what}`,
      'The header is damaged, or the program that wrote it has a fault: write the file anew.',
    );
  }
}
