import { valueAtPath } from '../records/fit-row.js';
import { fallbackOf } from '../records/fit-value.js';
import type { Field, FieldType, RecordSchema } from '../records/schema.js';
import type { TimeUnit } from '../records/time/form.js';
import type { Zone } from '../records/time/zone.js';
import type { Kernel } from './kernel.js';
import { KernelDictionary } from './kernel-dictionary.js';
import { ACCEPT, DEFAULT, FIELD_WORDS, NODE, NODE_BYTES, NUMBER, TEXT, UNIT } from './node-layout.js';
import { OutputColumn } from './output-column.js';
import { isOneNode, widestText } from './union-node.js';

export interface TreeOptions {
  readonly schema: RecordSchema;
  readonly paths: readonly string[];
  readonly zone: Zone;
}

/** The nodes of a schema's types in the kernel's memory (assembly/node.ts), which its scanners follow. */
export class NodeTree {
  /** The root node's address. */
  readonly root: number;
  /** The columns of the projection. */
  readonly outputs: OutputColumn[] = [];
  /** Of enums: what their values are checked against. */
  readonly symbols: KernelDictionary[] = [];
  /** Of unions that no node says exactly: the numbers of their checks. */
  readonly checks: number[] = [];
  readonly #kernel: Kernel;
  readonly #options: TreeOptions;
  /** Nodes of types that are only checked, so that a type may contain itself. */
  readonly #checked = new Map<FieldType, number>();
  readonly #copies: { readonly node: number; readonly copy: number }[] = [];

  constructor(kernel: Kernel, options: TreeOptions) {
    this.#kernel = kernel;
    this.#options = options;
    const { name, fields } = options.schema;
    this.root = this.#record({ kind: 'record', name, fields }, '', true);
    for (const { node, copy } of this.#copies) this.#finish(copy, node);
  }

  #record(type: FieldType & { kind: 'record' }, prefix: string, projected: boolean): number {
    const node = this.#node(ACCEPT.object);
    if (!projected) this.#checked.set(type, node);
    const count = type.fields.length;
    const table = this.#kernel.allocate(count * FIELD_WORDS * 4 + this.#kernel.exports.namesSize(count));
    // Before its fields: what is said of a field that contains the record itself is said of a copy of this node.
    const own = this.#kernel.views.u32;
    own[(node >> 2) + NODE.fields] = table;
    own[(node >> 2) + NODE.fieldCount] = count;
    own[(node >> 2) + NODE.projects] = projected ? 1 : 0;
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
    this.#kernel.views.u32[word + NODE.fallbackNull] = (field.fallback ?? null) === null ? 1 : 0;
    if (inner) this.#setDefaults(at, field, path);
    if (wanted) {
      const { zone } = this.#options;
      this.outputs.push(new OutputColumn(this.#kernel, at, { path, field, isTime: timeUnit !== undefined, zone }));
    }
    return at;
  }

  /** Says what the columns below a record get where it is missing: its own default, not theirs. */
  #setDefaults(node: number, field: Field, path: string): void {
    const fallback = fallbackOf(field) ?? null;
    if (fallback === null) return;
    const below = this.outputs.filter((output) => output.path.startsWith(`${path}.`));
    const table = this.#kernel.allocate(below.length * DEFAULT.words * 4);
    const { u32 } = this.#kernel.views;
    u32[(node >> 2) + NODE.defaults] = table;
    u32[(node >> 2) + NODE.defaultCount] = below.length;
    below.forEach((output, at) => {
      output.addDefault(valueAtPath(fallback, output.path.slice(path.length + 1)), table + at * DEFAULT.words * 4);
    });
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
        const dictionary = new KernelDictionary(this.#kernel);
        this.symbols.push(dictionary);
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

  /** A union accepts whatever one of its branches does. Where one node can't say that, values are checked outside. */
  #union(type: FieldType & { kind: 'union' }, set: (slot: number, value: number) => void): void {
    if (!isOneNode(type.branches)) {
      const check = this.#kernel.slowFits.add(type);
      this.checks.push(check);
      set(NODE.check, check);
      set(NODE.number, NUMBER.double);
      set(NODE.text, TEXT.any);
      return;
    }
    const numbers = type.branches.flatMap((branch) =>
      branch.kind in NUMBER ? [branch.kind as keyof typeof NUMBER] : [],
    );
    set(NODE.number, Math.max(0, ...numbers.map((kind) => NUMBER[kind])));
    const textual = widestText(type.branches);
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

  #copy(node: number): number {
    const copy = this.#kernel.allocate(NODE_BYTES);
    this.#kernel.views.u8.copyWithin(copy, node, node + NODE_BYTES);
    this.#copies.push({ node, copy });
    return copy;
  }

  /** Says of a copy what was not known yet when it was made: below a type that contains itself, what that contains. */
  #finish(copy: number, node: number): void {
    const { u32 } = this.#kernel.views;
    for (const word of [NODE.fields, NODE.fieldCount, NODE.element, NODE.check]) {
      u32[(copy >> 2) + word] = u32[(node >> 2) + word];
    }
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
