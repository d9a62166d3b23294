import type { Field, FieldType, RecordSchema, TableSpec } from './schema.js';
import type { Value } from './value.js';

type Json = { [name: string]: Value };

/**
 * A schema as Avro JSON with its `freshet` annotation, such that parseSchema() of it gives the same schema (but for
 * decimals, see logical()).
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
    };
  }

  /** @param namespace the enclosing one, which a name without dots would be taken into */
  type(type: FieldType, namespace: string): Value {
    switch (type.kind) {
      case 'array':
        return { type: 'array', items: this.type(type.items, namespace) };
      case 'map':
        return { type: 'map', values: this.type(type.values, namespace) };
      case 'union':
        return type.branches.map((branch) => this.type(branch, namespace));
      case 'enum':
        return this.#named(type.name, namespace, () => ({ type: 'enum', symbols: [...type.symbols] }));
      case 'fixed':
        return this.#named(type.name, namespace, () => ({ type: 'fixed', size: type.size, ...logical(type) }));
      case 'record':
        return this.#named(type.name, namespace, (inner) => ({
          type: 'record',
          fields: type.fields.map((field) => this.field(field, inner)),
        }));
      default: {
        const own = logical(type);
        return Object.keys(own).length === 0 ? type.kind : { type: type.kind, ...own };
      }
    }
  }

  #named(name: string, namespace: string, define: (inner: string) => Json): Value {
    if (this.#written.has(name)) return name;
    this.#written.add(name);
    const dot = name.lastIndexOf('.');
    const own = dot < 0 ? '' : name.slice(0, dot);
    const { type, ...rest } = define(own);
    return {
      type: type ?? null,
      name: name.slice(dot + 1),
      ...(own === namespace ? {} : { namespace: own }),
      ...rest,
    };
  }
}

/**
 * A decimal is written as the bytes that it is kept in: a FieldType does not have its precision and scale, and readers
 * fail at a decimal without.
 */
function logical(type: { readonly logical?: string }): Json {
  return type.logical === undefined || type.logical === 'decimal' ? {} : { logicalType: type.logical };
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
