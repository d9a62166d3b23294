import type { Column, EncodedColumn, Encoding } from '../../records/columns.js';
import { compareValues } from '../../records/compare.js';
import { bug } from '../../records/errors.js';
import { columnOfValues } from '../../records/row-batch.js';
import type { Field } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { BytesIds } from './bytes-ids.js';
import { type ColumnIds, NULL_ID, sortedIds } from './column-ids.js';

/** Values that were encoded in one way, by numbers of their own. */
interface Encoded {
  readonly encoding: Encoding;
  decode: EncodedColumn['decode'];
  readonly bytes: BytesIds;
  /** By own number: the value's id. */
  ids: number[];
}

/** Whose value an id is, and its number there. */
interface Origin {
  readonly of: Encoded;
  readonly number: number;
}

/**
 * Numbers nested values by their encoded bytes: two encodings of one value are two ids, that compare as equal. Inputs
 * may have several encodings; their values together are given out as JSON.
 */
export class EncodedIds implements ColumnIds {
  readonly #path: string;
  readonly #field: Field;
  readonly #encoded: Encoded[] = [];
  /** By id less one. */
  #origins: Origin[] = [];
  #numbers = new Int32Array(0);

  constructor(path: string, field: Field) {
    this.#path = path;
    this.#field = field;
  }

  get size(): number {
    return this.#origins.length + 1;
  }

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    if (column.kind !== 'encoded') bug(`a column of nested values is ${column.kind}`);
    const of = this.#encodedAs(column);
    if (this.#numbers.length < count) this.#numbers = new Int32Array(count);
    of.bytes.assign({ ...column, kind: 'bytes' }, rows, count, this.#numbers);
    for (let at = 0; at < count; at++) {
      const number = this.#numbers[at];
      const known = of.ids[number];
      out[at] = known ?? this.#add(of, number);
    }
  }

  compare(a: number, b: number): number {
    return compareValues(this.#field.type, false, this.#value(a), this.#value(b));
  }

  order(): Int32Array {
    return sortedIds(this.size, (a, b) => this.compare(a, b));
  }

  column(ids: Int32Array): EncodedColumn {
    const origins = Array.from(ids, (id) => this.#origins[id - 1]);
    const [of = this.#encoded[0], ...others] = new Set(origins.flatMap((origin) => origin?.of ?? []));
    if (of === undefined || others.length > 0) {
      const values = Array.from(ids, (id) => (id === NULL_ID ? null : this.#value(id)));
      const column = columnOfValues({ ...this.#field, nullable: true }, this.#path, values);
      return column.kind === 'encoded' ? column : bug(`nested values are a column of ${column.kind}`);
    }
    const column = of.bytes.column(Int32Array.from(origins, (origin) => origin?.number ?? NULL_ID));
    return { ...column, kind: 'encoded', encoding: of.encoding, decode: of.decode };
  }

  retain(inUse: Uint8Array): Int32Array {
    const before = this.#origins;
    this.#origins = [];
    const renumbered = new Int32Array(before.length + 1).fill(-1);
    renumbered[NULL_ID] = NULL_ID;
    for (const of of this.#encoded) {
      const used = Uint8Array.from(of.ids, (id) => inUse[id] ?? 0);
      const ids = of.ids;
      const numbers = of.bytes.retain(used);
      of.ids = [NULL_ID];
      for (let number = 1; number < numbers.length; number++) {
        if (numbers[number] >= 0) renumbered[ids[number] ?? NULL_ID] = this.#add(of, numbers[number]);
      }
    }
    return renumbered;
  }

  /** JSON and msgpack say what they are; Avro's bytes mean what the schema of their writer says. */
  #encodedAs({ encoding, decode }: EncodedColumn): Encoded {
    const known = this.#encoded.find(
      (one) => one.encoding === encoding && (encoding !== 'avro' || one.decode === decode),
    );
    if (known !== undefined) {
      known.decode = decode;
      return known;
    }
    const one: Encoded = { encoding, decode, bytes: new BytesIds(), ids: [NULL_ID] };
    this.#encoded.push(one);
    return one;
  }

  #add(of: Encoded, number: number): number {
    const id = this.#origins.push({ of, number });
    of.ids[number] = id;
    return id;
  }

  #value(id: number): Value {
    const { of, number } = this.#origins[id - 1] ?? bug(`no value has the number ${id}`);
    return of.decode(of.bytes.bytes(number));
  }
}
