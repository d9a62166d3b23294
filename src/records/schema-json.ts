import type { Decimal } from './decimal.js';
import type { Field, FieldType, NamedType, RecordSchema, TableSpec } from './schema.js';
import type { Value } from './value.js';

type Json = { [name: string]: Value };

/**
 * A schema as Avro JSON with its `freshet` annotation, such that parseSchema() of it gives the same schema.
 * Named types are written in full where they first occur and by their full name after that.
 */
export function schemaJson(schema: RecordSchema): Json {
  const namespace = schema.namespace ?? '';
  const writer = new TypeWriter(namespace === '' ? schema.name : `${namespace}.${schema.name}`);
  const annotation = annotationJson(schema);
  return {
    type: 'record',
    name: schema.name,
    ...(schema.namespace === undefined ? {} : { namespace: schema.namespace }),
    ...(schema.doc === undefined ? {} : { doc: schema.doc }),
    ...(schema.aliases === undefined ? {} : { aliases: [...schema.aliases] }),
    ...schema.attributes,
    fields: schema.fields.map((field) => writer.field(field, namespace)),
    ...(Object.keys(annotation).length === 0 ? {} : { freshet: annotation }),
  };
}

class TypeWriter {
  readonly #written: Set<string>;

  constructor(root: string) {
    this.#written = new Set([root]);
  }

  field(field: Field, namespace: string): Json {
    const type = this.type(field.type, namespace);
    const union = field.nullBranch === 0 ? ['null', type] : [type, 'null'];
    return {
      name: field.name,
      type: field.nullable ? union : type,
      ...(field.fallback === undefined ? {} : { default: field.fallback }),
      ...(field.aliases === undefined ? {} : { aliases: [...field.aliases] }),
      ...field.attributes,
    };
  }

  /** @param namespace the enclosing one, which a name without dots would be taken into */
  type(type: FieldType, namespace: string): Value {
    switch (type.kind) {
      case 'array':
        return { type: 'array', items: this.type(type.items, namespace), ...type.attributes };
      case 'map':
        return { type: 'map', values: this.type(type.values, namespace), ...type.attributes };
      case 'union':
        return type.branches.map((branch) => this.type(branch, namespace));
      case 'enum':
        return this.#named(type, namespace, () => ({
          type: 'enum',
          symbols: [...type.symbols],
          ...(type.spare === undefined ? {} : { default: type.spare }),
        }));
      case 'fixed':
        return this.#named(type, namespace, () => ({ type: 'fixed', size: type.size, ...logical(type) }));
      case 'record':
        return this.#named(type, namespace, (inner) => ({
          type: 'record',
          fields: type.fields.map((field) => this.field(field, inner)),
        }));
      default: {
        const own = { ...logical(type), ...type.attributes };
        return Object.keys(own).length === 0 ? type.kind : { type: type.kind, ...own };
      }
    }
  }

  #named(type: NamedType, namespace: string, define: (inner: string) => Json): Value {
    const { name, aliases, attributes } = type;
    if (this.#written.has(name)) return name;
    this.#written.add(name);
    const dot = name.lastIndexOf('.');
    const own = dot < 0 ? '' : name.slice(0, dot);
    const { type: kind, ...rest } = define(own);
    return {
      type: kind ?? null,
      name: name.slice(dot + 1),
      ...(own === namespace ? {} : { namespace: own }),
      ...(aliases === undefined ? {} : { aliases: [...aliases] }),
      ...attributes,
      ...rest,
    };
  }
}

function logical(type: { readonly logical?: string; readonly decimal?: Decimal }): Json {
  if (type.decimal !== undefined) return { logicalType: 'decimal', ...type.decimal };
  return type.logical === undefined ? {} : { logicalType: type.logical };
}

function annotationJson(schema: RecordSchema): Json {
  const { key, time, tables, derived } = schema;
  const periods = Object.entries(tables).map(([period, table]): [string, Value] => [period, tableJson(table)]);
  return {
    ...(key.length === 0 ? {} : { key: [...key] }),
    ...(time === undefined ? {} : { time: { field: time.path, unit: time.unit } }),
    ...(periods.length === 0 ? {} : { tables: Object.fromEntries(periods) }),
    ...(derived === undefined
      ? {}
      : {
          derived: {
            from: derived.from,
            ...(derived.period === undefined ? {} : { period: derived.period }),
            ...(derived.periodField === undefined ? {} : { periodField: derived.periodField }),
            primaryKey: [...derived.primaryKey],
            freshness: derived.freshness,
            table: tableJson(derived.table),
          },
        }),
  };
}

function tableJson(table: TableSpec): Json {
  return { name: table.name, ...(Object.keys(table.columns).length === 0 ? {} : { columns: { ...table.columns } }) };
}
