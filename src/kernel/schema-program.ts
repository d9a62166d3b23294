import type { Column } from '../records/columns.js';
import { bug, UsageError } from '../records/errors.js';
import { fitValue } from '../records/fit-value.js';
import { parseJson } from '../records/json-text.js';
import type { Field, FieldType, RecordSchema } from '../records/schema.js';
import { fieldAt } from '../records/schema.js';
import type { TimeUnit } from '../records/time/form.js';
import { toInstants } from '../records/time/wall-times.js';
import type { Zone } from '../records/time/zone.js';
import type { Value } from '../records/value.js';
import type { Kernel } from './kernel.js';
import { KernelDictionary } from './kernel-dictionary.js';

// The numbers of assembly/node.ts.
const ACCEPT = { null: 1, bool: 2, number: 4, string: 8, object: 16, array: 32, anything: 63 } as const;
const NUMBER = { int: 0, long: 1, float: 2, double: 3 } as const;
const TEXT = { any: 0, time: 1, enum: 2, bytes: 3, double: 4 } as const;
const OUT = { none: 0, dictionary: 1, double: 2, long: 3, bool: 4, time: 5, slice: 6 } as const;
const UNIT: Readonly<Record<Exclude<TimeUnit, 'iso'>, number>> = { d: 0, s: 1, ms: 2, us: 3, ns: 4 };
const FORM_UNSET = 0xffffffff;

const NODE = {
  accepts: 0,
  number: 1,
  text: 2,
  size: 3,
  fields: 4,
  fieldCount: 5,
  element: 6,
  out: 7,
  column: 8,
  side: 9,
  nulls: 10,
  dictionary: 11,
  unit: 12,
  form: 13,
  formsVary: 14,
  wide: 15,
  hasNull: 16,
  fallbackNull: 17,
  fallback: 18,
} as const;
const NODE_BYTES = 80;
const FIELD_WORDS = 4;

/** One column of the projection and the node that fills it. */
interface Output {
  readonly path: string;
  readonly type: FieldType;
  readonly node: number;
  readonly kind: (typeof OUT)[keyof typeof OUT];
  readonly nullable: boolean;
  readonly dictionary?: KernelDictionary;
  /** Entries that the dictionary always starts with: an enum's symbols, a string's default. */
  readonly preset: readonly string[];
}

export interface ProgramOptions {
  readonly schema: RecordSchema;
  readonly paths: readonly string[];
  readonly zone: Zone;
  /** How many rows a batch has at most. */
  readonly rows: number;
}

/**
 * A record schema and a projection, laid out in the kernel's memory as the tree of nodes that its scanners follow,
 * with the columns that they fill.
 */
export class SchemaProgram {
  /** The root node's address. */
  readonly root: number;
  readonly #kernel: Kernel;
  readonly #options: ProgramOptions;
  readonly #outputs: Output[] = [];
  readonly #dictionaries: KernelDictionary[] = [];
  /** Nodes of types that are only checked, so that a type may contain itself. */
  readonly #checked = new Map<FieldType, number>();
  #rows: number;

  constructor(kernel: Kernel, options: ProgramOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#rows = options.rows;
    const { schema, paths } = options;
    for (const path of paths) {
      if (fieldAt(schema, path) === undefined) throw new Error(`no field ${path} in schema ${schema.name}`);
    }
    this.root = this.#record({ kind: 'record', name: schema.name, fields: schema.fields }, '', true);
    this.#allocateColumns();
  }

  /** Whether a column holds slices of the input. */
  get hasSlices(): boolean {
    return this.#outputs.some(({ kind }) => kind === OUT.slice);
  }

  get rows(): number {
    return this.#rows;
  }

  /** The dictionary of a column of strings. */
  dictionary(path: string): KernelDictionary | undefined {
    return this.#outputs.find((output) => output.path === path)?.dictionary;
  }

  /** Prepares a scan into rows from 0. */
  begin(): void {
    for (const output of this.#outputs) if (output.dictionary?.isLarge) this.#clear(output);
    this.makeRoom();
    const { u32 } = this.#kernel.views;
    for (const { node } of this.#outputs) {
      const word = node >> 2;
      u32[word + NODE.form] = FORM_UNSET;
      u32[word + NODE.formsVary] = 0;
      u32[word + NODE.wide] = 0;
      u32[word + NODE.hasNull] = 0;
    }
  }

  /** Makes room in the dictionaries, so that a scan that has stopped because one was full can go on. */
  makeRoom(): void {
    for (const { dictionary } of this.#outputs) dictionary?.makeRoom();
  }

  /** Forgets the dictionaries' entries: for batches that stand alone. */
  clearDictionaries(): void {
    for (const output of this.#outputs) this.#clear(output);
  }

  #clear({ dictionary, preset }: Output): void {
    dictionary?.clear();
    for (const text of preset) dictionary?.intern(text);
  }

  /** Gives back the columns and dictionaries. */
  close(): void {
    for (const output of this.#outputs) this.#releaseColumn(output);
    for (const dictionary of this.#dictionaries) dictionary.close();
  }

  /** Makes room for this many rows a batch. */
  growRows(rows: number): void {
    for (const output of this.#outputs) this.#releaseColumn(output);
    this.#rows = rows;
    this.#allocateColumns();
  }

  /** The columns that the scan since begin() has filled, borrowed until the next. */
  columns(length: number): Map<string, Column> {
    return new Map(this.#outputs.map((output) => [output.path, this.#column(output, length)]));
  }

  #column(output: Output, length: number): Column {
    const { u8, i32, u32, f64, i64 } = this.#kernel.views;
    const word = output.node >> 2;
    const rows = this.#rows;
    const at = u32[word + NODE.column] as number;
    const side = u32[word + NODE.side] as number;
    const nullsAt = u32[word + NODE.nulls] as number;
    const nulls = u32[word + NODE.hasNull] === 1 ? { nulls: u8.subarray(nullsAt, nullsAt + rows) } : {};
    switch (output.kind) {
      case OUT.dictionary: {
        const dictionary = output.dictionary ?? missing(output.path);
        return { kind: 'dictionary', ids: i32.subarray(at >> 2, (at >> 2) + rows), dictionary, ...nulls };
      }
      case OUT.bool:
        return { kind: 'bool', values: u8.subarray(at, at + rows), ...nulls };
      case OUT.time: {
        const { zone } = this.#options;
        const unset = u32[word + NODE.form] === FORM_UNSET;
        const form = unset ? 0 : (u32[word + NODE.form] as number);
        const millis = f64.subarray(at >> 3, (at >> 3) + rows);
        const vary = u32[word + NODE.formsVary] === 1;
        const own = vary ? u32.subarray(side >> 2, (side >> 2) + rows) : undefined;
        const forms = toInstants(zone, millis, own, form, length);
        return { kind: 'time', millis, form, zone, ...(forms === undefined ? {} : { forms }), ...nulls };
      }
      case OUT.long: {
        const values = f64.subarray(at >> 3, (at >> 3) + rows);
        if (u32[word + NODE.wide] !== 1) return { kind: 'float64', values, ...nulls };
        const longs = i64.subarray(side >> 3, (side >> 3) + rows);
        for (let row = 0; row < length; row++) {
          if (Math.abs(values[row]) <= Number.MAX_SAFE_INTEGER) longs[row] = BigInt(values[row]);
        }
        return { kind: 'int64', values: longs, ...nulls };
      }
      case OUT.slice:
        return {
          kind: 'encoded',
          encoding: 'json',
          buffer: u8,
          starts: i32.subarray(at >> 2, (at >> 2) + rows),
          ends: i32.subarray(side >> 2, (side >> 2) + rows),
          decode: (bytes) => this.#decode(output, bytes),
          ...nulls,
        };
      default:
        return { kind: 'float64', values: f64.subarray(at >> 3, (at >> 3) + rows), ...nulls };
    }
  }

  /** Reads a slice of JSON that was found to fit. */
  #decode({ path, type }: Output, bytes: Uint8Array): Value {
    const fit = fitValue(type, parseJson(bytes), path);
    return fit.problem === undefined ? fit.value : bug(fit.problem);
  }

  #record(type: FieldType & { kind: 'record' }, prefix: string, projected: boolean): number {
    const node = this.#node(ACCEPT.object);
    if (!projected) this.#checked.set(type, node);
    const count = type.fields.length;
    const table = this.#kernel.allocate(count * FIELD_WORDS * 4 + this.#kernel.exports.namesSize(count));
    type.fields.forEach((field, index) => {
      const child = this.#field(field, prefix + field.name, projected);
      const name = Buffer.from(field.name);
      const nameAt = this.#kernel.allocate(name.length);
      const { u8, u32 } = this.#kernel.views;
      u8.set(name, nameAt);
      const word = (table >> 2) + index * FIELD_WORDS;
      u32[word] = nameAt;
      u32[word + 1] = name.length;
      u32[word + 2] = child;
      u32[word + 3] = field.nullable || field.fallback !== undefined ? 1 : 0;
    });
    const { u32 } = this.#kernel.views;
    u32[(node >> 2) + NODE.fields] = table;
    u32[(node >> 2) + NODE.fieldCount] = count;
    this.#kernel.exports.indexNames(node);
    return node;
  }

  #field(field: Field, path: string, projected: boolean): number {
    const wanted = projected && this.#options.paths.includes(path);
    const inner = projected && this.#options.paths.some((one) => one.startsWith(`${path}.`));
    const timeUnit = this.#options.schema.time?.path === path ? this.#options.schema.time.unit : undefined;
    const node = this.#type(field.type, inner ? `${path}.` : undefined, timeUnit);
    const own = wanted || field.nullable || timeUnit !== undefined || field.fallback !== undefined;
    // A node that only checks is shared by every field of that type; what is said of this field needs its own.
    const at = own ? this.#copy(node) : node;
    const word = at >> 2;
    if (field.nullable) this.#kernel.views.u32[word + NODE.accepts] |= ACCEPT.null;
    if (wanted) this.#addOutput(at, path, field, timeUnit);
    const fallback = field.fallback === undefined ? null : field.fallback;
    this.#setFallback(at, field, fallback);
    return at;
  }

  #addOutput(node: number, path: string, field: Field, timeUnit: TimeUnit | undefined): void {
    const { type } = field;
    const kind = timeUnit === undefined ? outputOf(type) : OUT.time;
    const word = node >> 2;
    let dictionary: KernelDictionary | undefined;
    const preset = type.kind === 'enum' ? [...type.symbols] : [];
    if (kind === OUT.dictionary) {
      dictionary = this.#dictionary();
      if (type.kind === 'string' && typeof field.fallback === 'string') preset.push(field.fallback);
      for (const text of preset) dictionary.intern(text);
      this.#kernel.views.u32[word + NODE.dictionary] = dictionary.at;
    }
    this.#kernel.views.u32[word + NODE.out] = kind;
    const nullable = field.nullable || path.includes('.');
    this.#outputs.push({
      path,
      type,
      node,
      kind,
      nullable,
      preset,
      ...(dictionary === undefined ? {} : { dictionary }),
    });
  }

  /** What the columns below a field get where it is missing. */
  #setFallback(node: number, field: Field, fallback: Value): void {
    const { views } = this.#kernel;
    const word = node >> 2;
    views.u32[word + NODE.fallbackNull] = fallback === null ? 1 : 0;
    if (fallback === null) return;
    const output = this.#outputs.find((one) => one.node === node);
    const eight = (word + NODE.fallback) >> 1;
    if (output === undefined) return;
    switch (output.kind) {
      case OUT.dictionary:
        views.i32[word + NODE.fallback] = output.dictionary?.intern(String(fallback)) ?? -1;
        break;
      case OUT.bool:
        views.u32[word + NODE.fallback] = fallback === true ? 1 : 0;
        break;
      case OUT.slice: {
        const json = Buffer.from(JSON.stringify(fallback));
        const at = this.#kernel.allocate(json.length);
        this.#kernel.views.u8.set(json, at);
        this.#kernel.views.u32[word + NODE.fallback] = at;
        this.#kernel.views.u32[word + NODE.fallback + 1] = at + json.length;
        break;
      }
      case OUT.time:
        throw new UsageError(
          `field ${field.name} is the time and has a default`,
          'Make it nullable instead: a record without a time takes its time of arrival.',
        );
      default:
        views.f64[eight] = Number(fallback);
    }
  }

  /** A node that accepts a type. `prefix` is set where fields below it are projected. */
  #type(type: FieldType, prefix: string | undefined, timeUnit: TimeUnit | undefined): number {
    if (type.kind === 'record' && prefix !== undefined) return this.#record(type, prefix, true);
    const known = timeUnit === undefined ? this.#checked.get(type) : undefined;
    if (known !== undefined) return known;
    if (type.kind === 'record') return this.#record(type, '', false);
    const node = this.#node(acceptsOf(type));
    if (timeUnit === undefined) this.#checked.set(type, node);
    const set = (slot: number, value: number): void => {
      this.#kernel.views.u32[(node >> 2) + slot] = value;
    };
    switch (type.kind) {
      case 'int':
      case 'long':
      case 'float':
      case 'double':
        set(NODE.number, NUMBER[type.kind]);
        if (type.kind === 'float' || type.kind === 'double') set(NODE.text, TEXT.double);
        if (timeUnit !== undefined && timeUnit !== 'iso') set(NODE.unit, UNIT[timeUnit]);
        break;
      case 'string':
        set(NODE.text, timeUnit === undefined ? TEXT.any : TEXT.time);
        break;
      case 'bytes':
      case 'fixed':
        set(NODE.text, TEXT.bytes);
        set(NODE.size, type.kind === 'fixed' ? type.size : -1);
        break;
      case 'enum': {
        set(NODE.text, TEXT.enum);
        const dictionary = this.#dictionary();
        for (const symbol of type.symbols) dictionary.intern(symbol);
        set(NODE.dictionary, dictionary.at);
        break;
      }
      case 'array':
        set(NODE.element, this.#type(type.items, undefined, undefined));
        break;
      case 'map':
        set(NODE.element, this.#type(type.values, undefined, undefined));
        break;
      case 'union':
        this.#union(type, set);
        break;
      default:
        break;
    }
    return node;
  }

  /** A union accepts whatever one of its branches does. */
  #union(type: FieldType & { kind: 'union' }, set: (slot: number, value: number) => void): void {
    const numbers = type.branches.flatMap((branch) =>
      branch.kind in NUMBER ? [branch.kind as keyof typeof NUMBER] : [],
    );
    set(NODE.number, Math.max(0, ...numbers.map((kind) => NUMBER[kind])));
    const kinds = ['string', 'enum', 'fixed', 'bytes', 'double', 'float'];
    const textual = kinds.map((kind) => type.branches.find((branch) => branch.kind === kind)).find(Boolean);
    if (textual !== undefined) {
      const inner = this.#type(textual, undefined, undefined) >> 2;
      for (const word of [NODE.text, NODE.size, NODE.dictionary]) set(word, this.#kernel.views.u32[inner + word]);
    }
    for (const branch of type.branches) {
      if (branch.kind === 'record') {
        const inner = this.#type(branch, undefined, undefined) >> 2;
        set(NODE.fields, this.#kernel.views.u32[inner + NODE.fields]);
        set(NODE.fieldCount, this.#kernel.views.u32[inner + NODE.fieldCount]);
      } else if (branch.kind === 'array') {
        set(NODE.element, this.#type(branch.items, undefined, undefined));
      } else if (branch.kind === 'map') {
        set(NODE.element, this.#type(branch.values, undefined, undefined));
      }
    }
  }

  #node(accepts: number): number {
    const node = this.#kernel.allocate(NODE_BYTES);
    const { u8, u32, i32 } = this.#kernel.views;
    u8.fill(0, node, node + NODE_BYTES);
    u32[(node >> 2) + NODE.accepts] = accepts;
    i32[(node >> 2) + NODE.size] = -1;
    u32[(node >> 2) + NODE.fallbackNull] = 1;
    return node;
  }

  #dictionary(): KernelDictionary {
    const dictionary = new KernelDictionary(this.#kernel);
    this.#dictionaries.push(dictionary);
    return dictionary;
  }

  #copy(node: number): number {
    const copy = this.#kernel.allocate(NODE_BYTES);
    this.#kernel.views.u8.copyWithin(copy, node, node + NODE_BYTES);
    return copy;
  }

  #allocateColumns(): void {
    for (const { node, kind, nullable } of this.#outputs) {
      const column = this.#kernel.allocate(this.#rows * 8);
      const side =
        kind === OUT.long || kind === OUT.time || kind === OUT.slice ? this.#kernel.allocate(this.#rows * 8) : 0;
      const nulls = nullable ? this.#kernel.allocate(this.#rows) : 0;
      const { u32 } = this.#kernel.views;
      u32[(node >> 2) + NODE.column] = column;
      u32[(node >> 2) + NODE.side] = side;
      u32[(node >> 2) + NODE.nulls] = nulls;
    }
  }

  #releaseColumn({ node }: Output): void {
    const { u32 } = this.#kernel.views;
    const word = node >> 2;
    this.#kernel.release(u32[word + NODE.column] as number, this.#rows * 8);
    if (u32[word + NODE.side] !== 0) this.#kernel.release(u32[word + NODE.side] as number, this.#rows * 8);
    if (u32[word + NODE.nulls] !== 0) this.#kernel.release(u32[word + NODE.nulls] as number, this.#rows);
  }
}

function missing(path: string): never {
  throw new Error(`column ${path} has no dictionary`);
}

function outputOf(type: FieldType): Output['kind'] {
  switch (type.kind) {
    case 'string':
    case 'enum':
      return OUT.dictionary;
    case 'int':
    case 'float':
    case 'double':
      return OUT.double;
    case 'long':
      return OUT.long;
    case 'boolean':
      return OUT.bool;
    default:
      return OUT.slice;
  }
}

/** The kinds of JSON values that fit a type. */
function acceptsOf(type: FieldType): number {
  switch (type.kind) {
    case 'null':
      return ACCEPT.null;
    case 'boolean':
      return ACCEPT.bool;
    case 'int':
    case 'long':
      return ACCEPT.number;
    case 'float':
    case 'double':
      return ACCEPT.number | ACCEPT.string;
    case 'string':
    case 'bytes':
    case 'fixed':
    case 'enum':
      return ACCEPT.string;
    case 'array':
      return ACCEPT.array;
    case 'map':
    case 'record':
      return ACCEPT.object;
    case 'union':
      return type.branches.reduce((bits, branch) => bits | acceptsOf(branch), 0);
  }
}
