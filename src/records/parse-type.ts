import { decimalOf } from './decimal.js';
import type { Attributes, Field, FieldType } from './schema.js';
import { isJsonObject, type Json, type JsonObject } from './schema-source.js';

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Stands in for a type that can't be read, so that what comes after it is looked at too. */
const UNREADABLE: FieldType = { kind: 'null' };

interface Names {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/** The attributes that a named type is called by. */
const NAMES = ['name', 'namespace', 'aliases'];

/**
 * Reads Avro types (Avro 1.12, "Schema Declaration"). Nothing is thrown: what is wrong is told, and the reading goes
 * on, so that all of it can be said at once.
 */
export class TypeParser {
  /** Named types met so far, by full name. */
  readonly #names = new Map<string, FieldType>();
  readonly #tell: (problem: string) => void;

  /** @param tell takes what is wrong, a sentence without a full stop */
  constructor(tell: (problem: string) => void) {
    this.#tell = tell;
  }

  /** A type of any kind. `of` says where it stands (`field a: `), empty for the outermost. */
  type(json: Json, namespace: string, of: string): FieldType {
    if (typeof json === 'string') {
      if (PRIMITIVES.has(json)) return { kind: json } as FieldType;
      const known = this.#names.get(fullName(json, namespace)) ?? this.#names.get(json);
      return known ?? this.#fail(`${of}unknown type "${json}"`);
    }
    if (Array.isArray(json)) return { kind: 'union', branches: json.map((one) => this.type(one, namespace, of)) };
    if (!isJsonObject(json)) return this.#fail(`${of}not a type: ${JSON.stringify(json)}`);
    const inner = json.type;
    switch (inner) {
      case 'array':
        return {
          kind: 'array',
          items: this.type(json.items ?? null, namespace, of),
          ...attributesOf(json, ['type', 'items']),
        };
      case 'map':
        return {
          kind: 'map',
          values: this.type(json.values ?? null, namespace, of),
          ...attributesOf(json, ['type', 'values']),
        };
      case 'enum':
        return this.#enum(json, namespace, of);
      case 'fixed': {
        const { size } = json;
        if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) {
          return this.#fail(`${of}a fixed type needs a size`);
        }
        const meaning = meaningOf(json, 'fixed', ['type', 'size', ...NAMES]);
        return this.#named(json, namespace, of, (names) => ({ kind: 'fixed', ...names, size, ...meaning }));
      }
      case 'record':
      case 'error':
        return this.#record(json, namespace, of);
      default: {
        if (inner === undefined) return this.#fail(`${of}a type without "type": ${JSON.stringify(json)}`);
        const type = this.type(inner, namespace, of);
        return PRIMITIVES.has(type.kind) ? withMeaning(type, meaningOf(json, type.kind, ['type'])) : type;
      }
    }
  }

  #enum(json: JsonObject, namespace: string, of: string): FieldType {
    const symbols = textsOf(json.symbols);
    if (symbols === undefined) return this.#fail(`${of}enum ${String(json.name)} has no list of symbols`);
    const spare = json.default;
    if (spare !== undefined && (typeof spare !== 'string' || !symbols.includes(spare))) {
      return this.#fail(`${of}enum ${String(json.name)} has the default ${JSON.stringify(spare)}, which is no symbol`);
    }
    return this.#named(json, namespace, of, (names) => ({
      kind: 'enum',
      ...names,
      symbols,
      ...(spare === undefined ? {} : { spare }),
      ...attributesOf(json, ['type', 'symbols', 'default', ...NAMES]),
    }));
  }

  #record(json: JsonObject, namespace: string, of: string): FieldType {
    const list = json.fields;
    if (!Array.isArray(list)) return this.#fail(`${of}record ${String(json.name)} has no list of fields`);
    const fields: Field[] = [];
    // Registered before its fields are read, so that a type may contain itself.
    const type = this.#named(json, namespace, of, (names) => ({
      kind: 'record',
      ...names,
      fields,
      ...attributesOf(json, ['type', 'fields', ...NAMES]),
    }));
    const inner = typeof json.namespace === 'string' ? json.namespace : namespace;
    for (const one of list) {
      if (!isJsonObject(one) || typeof one.name !== 'string') {
        this.#tell(`${of}not a field, which is an object with a "name" and a "type": ${JSON.stringify(one)}`);
        continue;
      }
      const { name } = one;
      if (!NAME.test(name)) this.#tell(`${of}${badName(name, 'field')}`);
      else if (fields.some((field) => field.name === name)) this.#tell(`${of}two fields are named ${name}`);
      else fields.push(this.#field(one, name, inner, of));
    }
    return type;
  }

  #field(json: JsonObject, name: string, namespace: string, of: string): Field {
    const type = this.type(json.type ?? null, namespace, `${of}field ${name}: `);
    const rest = {
      ...('default' in json ? { fallback: json.default } : {}),
      ...aliasesOf(json),
      ...attributesOf(json, ['name', 'type', 'default', 'aliases']),
    };
    if (type.kind === 'union') {
      const others = type.branches.filter((branch) => branch.kind !== 'null');
      const [only] = others;
      if (only !== undefined && others.length === 1 && type.branches.length <= 2) {
        const nullable = type.branches.length === 2;
        return { name, type: only, nullable, nullBranch: type.branches[0]?.kind === 'null' ? 0 : 1, ...rest };
      }
    }
    return { name, type, nullable: false, nullBranch: 0, ...rest };
  }

  #named(json: JsonObject, namespace: string, of: string, make: (names: Names) => FieldType): FieldType {
    const { name } = json;
    if (typeof name !== 'string') return this.#fail(`${of}the ${String(json.type)} has no name`);
    if (!name.split('.').every((part) => NAME.test(part))) this.#tell(`${of}${badName(name, 'type')}`);
    const full = fullName(name, typeof json.namespace === 'string' ? json.namespace : namespace);
    const type = make({ name: full, ...aliasesOf(json) });
    this.#names.set(full, type);
    return type;
  }

  #fail(problem: string): FieldType {
    this.#tell(problem);
    return UNREADABLE;
  }
}

/** What a logical type and other attributes say of a type. */
type Meaning = Pick<FieldType & { kind: 'bytes' }, 'logical' | 'decimal' | 'attributes'>;

/**
 * A logical type with its attributes, and all others but the known ones. A decimal without a precision, or one that is
 * neither bytes nor fixed, is none, and read as the type that it is kept in (Avro 1.12, "Logical Types").
 */
function meaningOf(json: JsonObject, kind: FieldType['kind'], known: readonly string[]): Meaning {
  const { logicalType } = json;
  if (logicalType === 'decimal' && (kind === 'bytes' || kind === 'fixed')) {
    const decimal = decimalOf(json);
    if (decimal !== undefined) {
      return { decimal, ...attributesOf(json, ['logicalType', 'precision', 'scale', ...known]) };
    }
  }
  if (logicalType === 'decimal' || typeof logicalType !== 'string') {
    return attributesOf(json, ['logicalType', ...known]);
  }
  return { logical: logicalType, ...attributesOf(json, ['logicalType', ...known]) };
}

/** A primitive type with what the object around it says. */
function withMeaning(type: FieldType, { decimal, ...meaning }: Meaning): FieldType {
  switch (type.kind) {
    case 'bytes':
      return { ...type, ...meaning, ...(decimal === undefined ? {} : { decimal }) };
    case 'null':
    case 'boolean':
    case 'string':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return { ...type, ...meaning };
    default:
      return type;
  }
}

function attributesOf(json: JsonObject, known: readonly string[]): { attributes?: Attributes } {
  const entries = Object.entries(json).filter(([name]) => !known.includes(name));
  return entries.length === 0 ? {} : { attributes: Object.fromEntries(entries) };
}

function aliasesOf(json: JsonObject): { aliases?: readonly string[] } {
  const aliases = textsOf(json.aliases);
  return aliases === undefined || aliases.length === 0 ? {} : { aliases };
}

function textsOf(json: Json | undefined): string[] | undefined {
  return Array.isArray(json) && json.every((one) => typeof one === 'string') ? json : undefined;
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

/** What is wrong with a name (Avro 1.12, "Names"), and the nearest one that would do. */
function badName(name: string, what: 'field' | 'type'): string {
  const plain = name.replace(/[^A-Za-z0-9_.]+/g, '_').replace(what === 'field' ? /\./g : /\.+/g, '_');
  const better = /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
  return `${JSON.stringify(name)} can't be the name of a ${what}: letters, digits and _ can, not a digit first; perhaps ${better}`;
}
