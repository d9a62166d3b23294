import type { Decimal } from './decimal.js';
import type { Period } from './time/calendar.js';
import type { TimeUnit } from './time/form.js';
import type { Value } from './value.js';

/** What freshet makes nothing of (`doc`, `order`, a user's own attributes): kept, to be written out again. */
export type Attributes = Readonly<Record<string, Value>>;

interface Annotated {
  readonly attributes?: Attributes;
}

interface Named extends Annotated {
  readonly name: string;
  /** Names that a writer's type may have in place of this one. */
  readonly aliases?: readonly string[];
}

/** An Avro type, without the null of a two-branch union (that is `Field.nullable`). */
export type FieldType =
  | (Annotated & { readonly kind: 'null' | 'boolean' | 'string'; readonly logical?: string })
  | (Annotated & { readonly kind: 'int' | 'long' | 'float' | 'double'; readonly logical?: string })
  | (Annotated & { readonly kind: 'bytes'; readonly logical?: string; readonly decimal?: Decimal })
  /** `spare` is the symbol that stands for those of a writer that are not among these. */
  | (Named & { readonly kind: 'enum'; readonly symbols: readonly string[]; readonly spare?: string })
  | (Named & { readonly kind: 'fixed'; readonly size: number; readonly logical?: string; readonly decimal?: Decimal })
  | (Annotated & { readonly kind: 'array'; readonly items: FieldType })
  | (Annotated & { readonly kind: 'map'; readonly values: FieldType })
  | (Named & { readonly kind: 'record'; readonly fields: readonly Field[] })
  | { readonly kind: 'union'; readonly branches: readonly FieldType[] };

/** The types that have a name, and may have aliases. */
export type NamedType = Extract<FieldType, Named>;

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** A union of null and one other type. */
  readonly nullable: boolean;
  /** Where null stands in that union (0 or 1): Avro writes the branch's number. */
  readonly nullBranch: 0 | 1;
  /** What a record that lacks the field has in its place; a nullable field without a default is null. */
  readonly fallback?: Value;
  /** Names that a writer's field may have in place of this one. */
  readonly aliases?: readonly string[];
  readonly attributes?: Attributes;
}

/** Which field is the event time. */
export interface TimeField {
  readonly path: string;
  /** How the field is written: ISO 8601 text, or a number of this unit since the epoch. */
  readonly unit: TimeUnit;
}

/** The table that a type is stored in. */
export interface TableSpec {
  readonly name: string;
  /** Field name to column name, where they differ. */
  readonly columns: Readonly<Record<string, string>>;
}

/** An Avro record schema with what freshet's annotation says about it. */
export interface RecordSchema {
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly aliases?: readonly string[];
  readonly attributes?: Attributes;
  readonly fields: readonly Field[];
  /** Paths of the fields that say what a record is about. Empty where the annotation names none. */
  readonly key: readonly string[];
  /** Absent: records are stamped with their time of arrival. */
  readonly time?: TimeField;
  /** Table names by period, for the types that are derived from this one. */
  readonly tables: Readonly<Partial<Record<Period, TableSpec>>>;
  /** Only on derived types. */
  readonly derived?: Derived;
}

/** What makes a type a derived one: its rows are upserts by a primary key. */
export interface Derived {
  readonly from: string;
  /** The calendar period of a rollup's rows, and the field that names it. */
  readonly period?: Period;
  readonly periodField?: string;
  readonly primaryKey: readonly string[];
  /** The field whose greater value wins: the event time of a rollup's rows, `records` of window and total rows. */
  readonly freshness: string;
  readonly table: TableSpec;
}

/** The type of a dotted path; undefined where there is none. Maps and unions are not entered. */
export function fieldAt(schema: { readonly fields: readonly Field[] }, path: string): Field | undefined {
  const direct = schema.fields.find((field) => field.name === path);
  if (direct !== undefined) return direct;
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const parent = schema.fields.find((field) => field.name === path.slice(0, dot));
  if (parent === undefined || parent.type.kind !== 'record') return undefined;
  const child = fieldAt(parent.type, path.slice(dot + 1));
  return child && parent.nullable && !child.nullable ? { ...child, nullable: true } : child;
}

/** Every leaf path: nested records are entered, other nested types are leaves. */
export function leafPaths(fields: readonly Field[], prefix = ''): string[] {
  return fields.flatMap((field) =>
    field.type.kind === 'record' ? leafPaths(field.type.fields, `${prefix}${field.name}.`) : [prefix + field.name],
  );
}

/** True for types whose values are one number, bool, string or time: they have a column of their own. */
export function isScalar(type: FieldType): boolean {
  return !['array', 'map', 'record', 'union', 'null'].includes(type.kind);
}

/** Whether null is one of a type's own values: of a union of several, say. */
export function admitsNull(type: FieldType): boolean {
  return type.kind === 'null' || (type.kind === 'union' && type.branches.some(admitsNull));
}
