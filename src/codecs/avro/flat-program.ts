import { type Field, isScalar, type RecordSchema } from '../../records/schema.js';
import type { Plan, RecordPlan } from './resolve.js';

/** One step of reading a record, for the kernel (kernel/assembly/avro.ts, whose numbers must agree). */
export interface Op {
  readonly code: number;
  /** The path of the field whose column is filled, or whose time is checked; absent where a value is only skipped. */
  readonly path?: string;
  readonly a?: number;
  /** Of a nullable value: how many ops it takes. */
  readonly b?: number;
  /** Of an enum: the reader's number of each of the writer's symbols, -1 where it has none. */
  readonly symbols?: readonly number[];
}

export const OP = {
  text: 0,
  time: 1,
  long: 2,
  double: 3,
  float: 4,
  bool: 5,
  enum: 6,
  bytesSkipped: 7,
  fixedSkipped: 8,
  nullable: 9,
  fill: 10,
} as const;
const INT = 1;
const ROUNDED = 2;
const TIME = 4;
const NO_NULL = 2;

/**
 * The steps that read a flat record: one of scalars, nullable scalars and records of such, where only scalars are
 * wanted as columns. Undefined for any other: it takes the general path (ColumnReader).
 */
export function flatProgram(plan: RecordPlan, schema: RecordSchema, paths: readonly string[]): Op[] | undefined {
  return new FlatProgram(schema, paths).record(plan, schema.fields, '');
}

class FlatProgram {
  readonly #timePath: string | undefined;
  readonly #paths: readonly string[];

  constructor(schema: RecordSchema, paths: readonly string[]) {
    this.#timePath = schema.time?.path;
    this.#paths = paths;
  }

  record(plan: RecordPlan, fields: readonly Field[], prefix: string): Op[] | undefined {
    const ops: (Op[] | undefined)[] = plan.fields.map(({ name, plan }) => {
      if (name === undefined) return this.#value(plan, undefined, '');
      return this.#field(plan, fieldNamed(fields, name), prefix + name);
    });
    for (const { field } of plan.defaults) ops.push(this.#missing(field, prefix + field.name));
    return concat(ops);
  }

  #field(plan: Plan, field: Field | undefined, path: string): Op[] | undefined {
    const wanted = this.#paths.includes(path);
    // A time with a default, and what has no column of scalars, is rare enough for the general path.
    if (wanted && field !== undefined && !isColumn(field)) return undefined;
    if (path === this.#timePath && field?.fallback !== undefined) return undefined;
    return this.#value(plan, field, path);
  }

  /** @param field the reader's; undefined where it has none */
  #value(plan: Plan, field: Field | undefined, path: string): Op[] | undefined {
    const isTime = field !== undefined && path === this.#timePath;
    const isRead = field !== undefined && (isTime || this.#paths.includes(path));
    // The kernel knows the unit of a time within a record only where its column is wanted.
    if (isTime && path.includes('.') && !this.#paths.includes(path)) return undefined;
    const target = isRead ? { path } : {};
    switch (plan.kind) {
      case 'null':
        return isRead ? undefined : [];
      case 'string':
        if (isTime) return [{ code: OP.time, ...target }];
        return isRead && plan.to === 'bytes' ? undefined : [{ code: OP.text, ...target }];
      case 'bytes':
        if (plan.to === 'string') return isTime ? undefined : [{ code: OP.text, ...target }];
        return isRead ? undefined : [{ code: OP.bytesSkipped }];
      case 'fixed':
        return isRead ? undefined : [{ code: OP.fixedSkipped, a: plan.size }];
      case 'boolean':
        return [{ code: OP.bool, ...target }];
      case 'int':
      case 'long': {
        if (isTime && field.type.kind !== 'int' && field.type.kind !== 'long') return undefined;
        const bounds = (plan.kind === 'int' ? INT : 0) | (plan.to === 'float' ? ROUNDED : 0) | (isTime ? TIME : 0);
        return [{ code: OP.long, ...target, a: bounds }];
      }
      case 'float':
      case 'double':
        return isTime ? undefined : [{ code: plan.kind === 'float' ? OP.float : OP.double, ...target }];
      case 'enum':
        return [{ code: OP.enum, ...target, symbols: symbolIds(plan, field) }];
      case 'record':
        return this.#nested(plan, field, path);
      case 'union':
        return this.#nullable(plan.branches, field, path);
      default:
        return undefined;
    }
  }

  #nested(plan: RecordPlan, field: Field | undefined, path: string): Op[] | undefined {
    // A type that contains itself never ends here: the general path follows it as the data does.
    if (field === undefined || field.type.kind !== 'record' || containsItself(plan)) return undefined;
    return this.record(plan, field.type.fields, `${path}.`);
  }

  #nullable(branches: readonly Plan[], field: Field | undefined, path: string): Op[] | undefined {
    const [first, second, ...more] = branches;
    if (first === undefined || second === undefined || more.length > 0) return undefined;
    const isNull = (plan: Plan): boolean =>
      plan.kind === 'null' || (plan.kind === 'misfit' && plan.skip.kind === 'null');
    const at = isNull(first) ? 0 : 1;
    const [none, some] = at === 0 ? [first, second] : [second, first];
    if (!isNull(none)) return undefined;
    const value = this.#value(some, field, path);
    if (value === undefined) return undefined;
    const within = [...this.#paths, this.#timePath ?? ''];
    const isRead = field !== undefined && within.some((one) => one === path || one.startsWith(`${path}.`));
    const a = at | (none.kind === 'misfit' ? NO_NULL : 0);
    return [{ code: OP.nullable, a, b: value.length, ...(isRead ? { path } : {}) }, ...value];
  }

  #missing(field: Field, path: string): Op[] | undefined {
    const isInside = this.#paths.some((one) => one.startsWith(`${path}.`));
    if (isInside || path === this.#timePath) return undefined;
    if (!this.#paths.includes(path)) return [];
    return isColumn(field) ? [{ code: OP.fill, path }] : undefined;
  }
}

/** True for types whose column the kernel fills: bytes and what is nested are slices of the input. */
function isColumn({ type }: Field): boolean {
  return isScalar(type) && type.kind !== 'bytes' && type.kind !== 'fixed';
}

function symbolIds(plan: Plan & { kind: 'enum' }, field: Field | undefined): number[] {
  const own = field?.type.kind === 'enum' ? field.type.symbols : undefined;
  return plan.symbols.map((symbol, at) => (symbol === undefined ? -1 : (own?.indexOf(symbol) ?? at)));
}

function fieldNamed(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => field.name === name);
}

function containsItself(plan: RecordPlan): boolean {
  const reaches = (inner: Plan, seen: Set<Plan>): boolean => {
    if (inner === plan && seen.size > 0) return true;
    if (seen.has(inner)) return false;
    seen.add(inner);
    switch (inner.kind) {
      case 'record':
        return inner.fields.some((field) => reaches(field.plan, seen));
      case 'union':
        return inner.branches.some((branch) => reaches(branch, seen));
      default:
        return false;
    }
  };
  return reaches(plan, new Set());
}

/** All ops in order; undefined where a part has none. */
function concat(parts: readonly (Op[] | undefined)[]): Op[] | undefined {
  const all: Op[] = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    all.push(...part);
  }
  return all;
}
