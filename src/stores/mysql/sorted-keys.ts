import type { DictionaryColumn } from '../../records/columns.js';
import { compareTexts } from '../../records/compare.js';
import type { Dictionary } from '../../records/dictionary.js';
import type { BatchCells } from '../batch-cells.js';
import type { KeyedRows } from '../newer-only.js';

/**
 * The same rows with their keys in one order, the same for every writer: whoever locks rows in it waits for no one who
 * waits for them. Where no key occurs twice the rows stand in that order, too.
 */
export function sortedByKey(keyed: KeyedRows): KeyedRows {
  const { cells, rows, keys, places } = keyed;
  const order = keyOrder(cells, keys);
  const sorted = order.map((place) => keys[place]);
  if (keys.length === rows.length) return { ...keyed, rows: sorted, keys: sorted, places: order.map((_, at) => at) };
  const moved = new Int32Array(keys.length);
  for (let at = 0; at < order.length; at++) moved[order[at]] = at;
  return { ...keyed, keys: sorted, places: places.map((place) => moved[place]) };
}

/** Rows in two parts of about as many keys, all rows of a key in one, each in the order in which they came. */
export function halvesByKey({ cells, rows, keys, places }: KeyedRows): [Int32Array, Int32Array] {
  const order = keyOrder(cells, keys);
  const isLower = new Uint8Array(keys.length);
  for (let at = 0; at < order.length >> 1; at++) isLower[order[at]] = 1;
  return [rows.filter((_, at) => isLower[places[at]] === 1), rows.filter((_, at) => isLower[places[at]] === 0)];
}

/** The places of keys in their order. */
function keyOrder(cells: BatchCells, keys: Int32Array): Int32Array {
  const { primaryKey } = cells.plan;
  let codes: Float64Array | undefined = new Float64Array(keys.length);
  let size = 1;
  for (const position of primaryKey) {
    const ranks = ranksOf(cells, position, keys);
    size *= (ranks?.count ?? Number.POSITIVE_INFINITY) + 1;
    if (ranks === undefined || size * keys.length > Number.MAX_SAFE_INTEGER) {
      codes = undefined;
      break;
    }
    for (let place = 0; place < keys.length; place++) codes[place] = codes[place] * (ranks.count + 1) + ranks.of[place];
  }
  if (codes !== undefined) {
    // Numbers sort without a call for each comparison: each code takes its place along.
    const coded = codes.map((code, place) => code * keys.length + place).sort();
    return Int32Array.from(coded, (code) => code % keys.length);
  }
  const texts = Array.from(keys, (row) => cells.key(row));
  return Int32Array.from(keys, (_, place) => place).sort((a, b) => compareTexts(texts[a], texts[b]));
}

interface Ranks {
  readonly of: Int32Array;
  readonly count: number;
}

/** The place of each row's text among the distinct ones, in their order; undefined for columns that are no texts. */
function ranksOf(cells: BatchCells, position: number, keys: Int32Array): Ranks | undefined {
  const column = cells.column(position);
  if (column.kind !== 'dictionary') return undefined;
  const { ids, dictionary, nulls } = column;
  const rankOf = known.ranks(column, keys);
  return { of: keys.map((row) => (nulls?.[row] === 1 ? 0 : rankOf[ids[row]])), count: dictionary.size };
}

/** Ranks are those of all texts where most of these are met, and kept until there are more: batches share a dictionary. */
const OFTEN = 8;

class KnownRanks {
  readonly #all = new WeakMap<object, { readonly generation: number; readonly ranks: Int32Array }>();

  /** By id, from 1. @param rows whose texts are to be ranked */
  ranks({ ids, dictionary, nulls }: DictionaryColumn, rows: Int32Array): Int32Array {
    const { size, generation } = dictionary;
    const kept = this.#all.get(dictionary);
    if (kept !== undefined && kept.generation === generation && kept.ranks.length === size) return kept.ranks;
    if (size <= OFTEN * rows.length) {
      const ranks = ranked(
        dictionary,
        Int32Array.from({ length: size }, (_, id) => id),
      );
      this.#all.set(dictionary, { generation, ranks });
      return ranks;
    }
    return ranked(dictionary, new Set(rows.filter((row) => nulls?.[row] !== 1).map((row) => ids[row])));
  }
}

const known = new KnownRanks();

function ranked(dictionary: Dictionary, ids: Iterable<number>): Int32Array {
  const ranks = new Int32Array(dictionary.size);
  const idOf = new Map<string, number>();
  for (const id of ids) idOf.set(dictionary.text(id), id);
  // By UTF-16 units, which is the fastest order that is the same for everyone.
  for (const [rank, text] of [...idOf.keys()].sort().entries()) ranks[idOf.get(text) ?? 0] = rank + 1;
  return ranks;
}
