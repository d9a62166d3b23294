import { type Batch, columnOf, selectedCount } from '../records/batch.js';
import type { Column } from '../records/columns.js';
import { bug } from '../records/errors.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import { type ColumnIds, NULL_ID } from './keys/column-ids.js';
import { fieldIds } from './keys/field-ids.js';
import { PairIds } from './keys/pair-ids.js';
import { inverse, numbersBelow, sortByKey } from './keys/radix-order.js';

/** One field of a key, its values numbered, and its null's place in the order. */
interface KeyColumn {
  readonly path: string;
  readonly ids: ColumnIds;
  readonly nullsFirst: boolean;
  /** Numbers the tuples of all fields up to this one: pairs of (tuple before, value). Not of the first field. */
  readonly tuples: PairIds | undefined;
}

/** The order of keys: all ids in their order, and by id its place there. */
export interface Ranking {
  readonly order: Int32Array;
  readonly ranks: Int32Array;
}

/** Sorting fewer keys than this share of all compares them instead of ranking all keys. */
const FEW_OF_ALL = 1 / 16;

/**
 * Numbers keys (tuples of some fields' values) densely, so that state can be kept in arrays. An id stays the same
 * until retain(). It may be that some ids below `size` never occurred. Keys are ordered field by field as
 * compareValues() orders values: strings by UTF-8 bytes, enums by place, numbers by value.
 */
export class KeyIds {
  readonly paths: readonly string[];
  readonly #columns: readonly KeyColumn[];
  #ids = new Int32Array(0);
  #fieldIds = new Int32Array(0);
  #ranking: Ranking | undefined;

  /** @param paths scalar fields of the schema; with none, every row has the key 0 */
  constructor(schema: RecordSchema, paths: readonly string[]) {
    this.paths = paths;
    this.#columns = paths.map((path, at) => {
      const field = fieldAt(schema, path) ?? bug(`schema ${schema.name} has no field ${path}`);
      return {
        path,
        ids: fieldIds(schema, path, field),
        nullsFirst: field.nullBranch === 0,
        tuples: at === 0 ? undefined : new PairIds(),
      };
    });
  }

  /** One more than the greatest id. */
  get size(): number {
    return this.#sizeUpTo(this.#columns.length - 1);
  }

  /** The key of each row that takes part: [i] is of the i-th selected row. Borrowed until the next call. */
  assign(batch: Batch): Int32Array {
    const count = selectedCount(batch);
    if (this.#ids.length < count) {
      this.#ids = new Int32Array(count);
      this.#fieldIds = new Int32Array(this.#columns.length > 1 ? count : 0);
    }
    const [ids, fieldIds] = [this.#ids, this.#fieldIds];
    for (const { path, ids: numbers, tuples } of this.#columns) {
      const column = columnOf(batch, path);
      numbers.assign(column, batch.selection, count, tuples === undefined ? ids : fieldIds);
      if (tuples === undefined) continue;
      for (let at = 0; at < count; at++) ids[at] = tuples.idOf(ids[at], fieldIds[at]);
    }
    return ids;
  }

  /** The order of two keys: negative, 0 or positive. */
  compare(a: number, b: number): number {
    return this.#compareUpTo(this.#columns.length - 1, a, b);
  }

  /** Numbers that are ordered as the keys of these ids are, and less than `size`; an id may occur several times. */
  ranksOf(ids: Int32Array): Int32Array {
    const ranking = this.rankingFor(ids.length);
    return ranking === undefined ? this.#ranksOfFew(ids) : at(ranking.ranks, ids);
  }

  /**
   * The order of all ids, for who sorts `count` keys; undefined where these are so few that ranksOf() is the cheaper
   * way. Borrowed until the next call.
   */
  rankingFor(count: number): Ranking | undefined {
    if (this.#ranking?.order.length !== this.size) {
      if (count < this.size * FEW_OF_ALL) return undefined;
      this.#ranking = undefined;
      const order = this.#orderUpTo(this.#columns.length - 1);
      this.#ranking = { order, ranks: inverse(order) };
    }
    return this.#ranking;
  }

  /** The key fields of these ids, as columns by path. */
  columns(ids: Int32Array): Map<string, Column> {
    const columns: [string, Column][] = [];
    let rest = ids;
    for (const { path, ids: numbers, tuples } of this.#columns.toReversed()) {
      columns.push([path, numbers.column(tuples === undefined ? rest : tuples.secondsOf(rest))]);
      if (tuples !== undefined) rest = tuples.firstsOf(rest);
    }
    return new Map(columns.reverse());
  }

  /**
   * Forgets the keys that are not in use and numbers the others anew.
   * @param inUse 1 for each id to keep
   * @returns the new id of each old one, −1 where it is forgotten
   */
  retain(inUse: Uint8Array): Int32Array {
    this.#ranking = undefined;
    return this.#retainUpTo(this.#columns.length - 1, inUse);
  }

  #sizeUpTo(field: number): number {
    const column = this.#columns[field];
    return column === undefined ? 1 : (column.tuples ?? column.ids).size;
  }

  #compareUpTo(field: number, a: number, b: number): number {
    if (a === b) return 0;
    const column = this.#columns[field] ?? bug('different keys of no fields');
    const { ids, tuples, nullsFirst } = column;
    if (tuples === undefined) return compareIds(ids, nullsFirst, a, b);
    const before = this.#compareUpTo(field - 1, tuples.first(a), tuples.first(b));
    return before !== 0 ? before : compareIds(ids, nullsFirst, tuples.second(a), tuples.second(b));
  }

  #ranksOfFew(ids: Int32Array): Int32Array {
    const distinct = Int32Array.from(new Set(ids)).sort((a, b) => this.compare(a, b));
    const rankOf = new Map(Array.from(distinct, (id, rank) => [id, rank]));
    const ranks = new Int32Array(ids.length);
    for (let index = 0; index < ids.length; index++) ranks[index] = rankOf.get(ids[index]) ?? 0;
    return ranks;
  }

  /** The ids of the tuples of all fields up to one, in their order. */
  #orderUpTo(field: number): Int32Array {
    const column = this.#columns[field];
    if (column === undefined) return new Int32Array(1);
    const { ids, tuples, nullsFirst } = column;
    const values = orderWithNull(ids, nullsFirst);
    if (tuples === undefined) return values;
    const before = inverse(this.#orderUpTo(field - 1));
    const order = numbersBelow(tuples.size);
    sortByKey(order, at(inverse(values), tuples.secondsOf(order)), ids.size);
    sortByKey(order, at(before, tuples.firstsOf(numbersBelow(tuples.size))), before.length);
    return order;
  }

  #retainUpTo(field: number, inUse: Uint8Array): Int32Array {
    const column = this.#columns[field];
    if (column === undefined) return new Int32Array(1);
    const { ids, tuples } = column;
    if (tuples === undefined) return ids.retain(inUse);
    const usedBefore = new Uint8Array(this.#sizeUpTo(field - 1));
    const used = new Uint8Array(ids.size);
    for (let id = 0; id < tuples.size; id++) {
      if (inUse[id] !== 1) continue;
      usedBefore[tuples.first(id)] = 1;
      used[tuples.second(id)] = 1;
    }
    const before = this.#retainUpTo(field - 1, usedBefore);
    return tuples.retain(inUse, before, ids.retain(used));
  }
}

function compareIds(ids: ColumnIds, nullsFirst: boolean, a: number, b: number): number {
  if (a === b) return 0;
  if (a !== NULL_ID && b !== NULL_ID) return ids.compare(a, b);
  return (a === NULL_ID) === nullsFirst ? -1 : 1;
}

function orderWithNull(ids: ColumnIds, nullsFirst: boolean): Int32Array {
  const order = new Int32Array(ids.size);
  order.set(ids.order(), nullsFirst ? 1 : 0);
  order[nullsFirst ? 0 : ids.size - 1] = NULL_ID;
  return order;
}

/** The values at some places. */
function at(values: Int32Array, places: Int32Array): Int32Array {
  const picked = new Int32Array(places.length);
  for (let index = 0; index < places.length; index++) picked[index] = values[places[index]];
  return picked;
}
