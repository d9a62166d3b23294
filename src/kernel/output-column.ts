import { byteSlices } from '../records/byte-slices.js';
import type { Column } from '../records/columns.js';
import { bug, UsageError } from '../records/errors.js';
import { fitValue } from '../records/fit-value.js';
import { jsonText, parseJson } from '../records/json-text.js';
import { admitsNull, type Field, type FieldType } from '../records/schema.js';
import { toInstants } from '../records/time/wall-times.js';
import type { Zone } from '../records/time/zone.js';
import type { Value } from '../records/value.js';
import type { Kernel } from './kernel.js';
import { KernelDictionary } from './kernel-dictionary.js';
import { DEFAULT, FORM_UNSET, NODE, OUT } from './node-layout.js';

const NO_BYTES = new Uint8Array(0);

type OutputKind = (typeof OUT)[keyof typeof OUT];

/** What a column is of. */
export interface OutputField {
  readonly path: string;
  readonly field: Field;
  /** Whether it is the event time. */
  readonly isTime: boolean;
  readonly zone: Zone;
}

/** One column of the projection, in the kernel's memory, and the node that fills it. */
export class OutputColumn {
  readonly path: string;
  readonly dictionary: KernelDictionary | undefined;
  readonly kind: OutputKind;
  readonly #kernel: Kernel;
  readonly #field: Field;
  readonly #nullable: boolean;
  readonly #zone: Zone;
  /** Entries that the dictionary always starts with: an enum's symbols, and defaults, of records around it, too. */
  readonly #preset: string[];

  /** @param node the address of the node, which is told what to fill */
  constructor(
    kernel: Kernel,
    readonly node: number,
    { path, field, isTime, zone }: OutputField,
  ) {
    const { type, fallback } = field;
    this.#kernel = kernel;
    this.#field = field;
    this.#zone = zone;
    this.path = path;
    this.kind = isTime ? OUT.time : outputOf(type);
    // A field of a record that may be missing is missing with it.
    this.#nullable = field.nullable || path.includes('.') || admitsNull(type);
    this.#preset = [
      ...(type.kind === 'enum' ? type.symbols : []),
      ...(type.kind === 'string' && typeof fallback === 'string' ? [fallback] : []),
    ];
    if (this.kind === OUT.dictionary) {
      this.dictionary = new KernelDictionary(kernel);
      this.#intern();
      this.#set(NODE.dictionary, this.dictionary.at);
    }
    this.#set(NODE.out, this.kind);
    if (fallback !== undefined && fallback !== null) this.#writeDefault(fallback, (node >> 2) + NODE.fallback);
  }

  /** Writes what the column gets where a record around it is missing, into an entry of that one's table. */
  addDefault(value: Value, entry: number): void {
    const { u32 } = this.#kernel.views;
    u32[(entry >> 2) + DEFAULT.node] = this.node;
    u32[(entry >> 2) + DEFAULT.isNull] = value === null ? 1 : 0;
    if (value === null) return;
    if (this.kind === OUT.dictionary) this.#preset.push(String(value));
    this.#writeDefault(value, (entry >> 2) + DEFAULT.value);
  }

  /** Prepares it for a scan. */
  begin(): void {
    if (this.dictionary?.isLarge) this.clear();
    this.#set(NODE.form, FORM_UNSET);
    this.#set(NODE.formsVary, 0);
    this.#set(NODE.wide, 0);
    this.#set(NODE.hasNull, 0);
  }

  /** Forgets the dictionary's entries. */
  clear(): void {
    this.dictionary?.clear();
    this.#intern();
  }

  allocate(rows: number): void {
    const hasSide = this.kind === OUT.long || this.kind === OUT.time || this.kind === OUT.slice;
    this.#set(NODE.column, this.#kernel.allocate(rows * 8));
    this.#set(NODE.side, hasSide ? this.#kernel.allocate(rows * 8) : 0);
    this.#set(NODE.nulls, this.#nullable ? this.#kernel.allocate(rows) : 0);
  }

  /** Gives back what allocate(rows) took. */
  release(rows: number): void {
    const { u32 } = this.#kernel.views;
    const word = this.node >> 2;
    this.#kernel.release(u32[word + NODE.column], rows * 8);
    if (u32[word + NODE.side] !== 0) this.#kernel.release(u32[word + NODE.side], rows * 8);
    if (u32[word + NODE.nulls] !== 0) this.#kernel.release(u32[word + NODE.nulls], rows);
  }

  /** What the last scan has filled, of a column with room for `rows`; borrowed until the next. */
  column(rows: number, length: number): Column {
    const { u8, i32, u32, f64, i64 } = this.#kernel.views;
    const word = this.node >> 2;
    const at = u32[word + NODE.column] as number;
    const side = u32[word + NODE.side] as number;
    const nullsAt = u32[word + NODE.nulls] as number;
    const nulls = u32[word + NODE.hasNull] === 1 ? { nulls: u8.subarray(nullsAt, nullsAt + rows) } : {};
    switch (this.kind) {
      case OUT.dictionary: {
        const dictionary = this.dictionary ?? bug(`column ${this.path} has no dictionary`);
        return { kind: 'dictionary', ids: i32.subarray(at >> 2, (at >> 2) + rows), dictionary, ...nulls };
      }
      case OUT.bool:
        return { kind: 'bool', values: u8.subarray(at, at + rows), ...nulls };
      case OUT.time: {
        const zone = this.#zone;
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
      case OUT.slice: {
        const starts = i32.subarray(at >> 2, (at >> 2) + rows);
        const ends = i32.subarray(side >> 2, (side >> 2) + rows);
        const decode = (bytes: Uint8Array): Value => this.#decode(bytes);
        if (!isBytes(this.#field.type)) {
          return { kind: 'encoded', encoding: 'json', buffer: u8, starts, ends, decode, ...nulls };
        }
        const values = Array.from({ length }, (_, row) =>
          nulls.nulls?.[row] === 1 ? null : decode(u8.subarray(starts[row], ends[row])),
        );
        return { kind: 'bytes', ...byteSlices(values.map(asBytes)), ...nulls };
      }
      default:
        return { kind: 'float64', values: f64.subarray(at >> 3, (at >> 3) + rows), ...nulls };
    }
  }

  /** Reads a slice of JSON that was found to fit. */
  #decode(bytes: Uint8Array): Value {
    const fit = fitValue(this.#field.type, parseJson(bytes), this.path);
    return fit.problem === undefined ? fit.value : bug(fit.problem);
  }

  /** Writes a default as the column has it. @param word where: two words */
  #writeDefault(fallback: Exclude<Value, null>, word: number): void {
    const set = (slot: number, value: number): void => {
      this.#kernel.views.u32[slot] = value;
    };
    switch (this.kind) {
      case OUT.dictionary:
        set(word, this.dictionary?.intern(String(fallback)) ?? -1);
        break;
      case OUT.bool:
        set(word, fallback === true ? 1 : 0);
        break;
      case OUT.slice: {
        const json = Buffer.from(jsonText(fallback));
        const at = this.#kernel.allocate(json.length);
        this.#kernel.views.u8.set(json, at);
        set(word, at);
        set(word + 1, at + json.length);
        break;
      }
      case OUT.time:
        throw new UsageError(
          `field ${this.#field.name} is the time and has a default`,
          'Make it nullable instead: a record without a time takes its time of arrival.',
        );
      case OUT.long: {
        const fit = fitValue(this.#field.type, fallback, this.path);
        const long = fit.problem === undefined ? fit.value : bug(fit.problem);
        this.#kernel.views.i64[word >> 1] = BigInt(Number.isInteger(long) ? Number(long) : String(long));
        break;
      }
      default:
        this.#kernel.views.f64[word >> 1] = Number(fallback);
    }
  }

  #intern(): void {
    for (const text of this.#preset) this.dictionary?.intern(text);
  }

  #set(slot: number, value: number): void {
    this.#kernel.views.u32[(this.node >> 2) + slot] = value;
  }
}

function isBytes({ kind }: FieldType): boolean {
  return kind === 'bytes' || kind === 'fixed';
}

function asBytes(value: Value): Uint8Array {
  if (value === null) return NO_BYTES;
  return value instanceof Uint8Array ? value : bug(`bytes were read as ${typeof value}`);
}

function outputOf(type: FieldType): OutputKind {
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
