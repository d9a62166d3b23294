import type { SortedCells } from '../../kernel/sorted-cells.js';
import type { Batch } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { type Dictionary, TextDictionary } from '../../records/dictionary.js';
import { bug } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Calendar } from '../../records/time/calendar.js';
import type { KeyIds } from '../key-ids.js';
import type { NewestCombiner } from './newest-combiner.js';

const BATCH = 4096;

/** What rows are made with. */
interface Given {
  readonly output: RecordSchema;
  readonly calendar: Calendar;
  readonly combiner: NewestCombiner;
  readonly keys: KeyIds;
}

/**
 * The rows of what a combiner holds, ordered by (window, key), for when no other state is there and nothing more comes:
 * its grid has them in that order once its keys are sorted, so that they need not become states and be sorted one by
 * one. Undefined where it has so few of the keys that sorting them all would cost more.
 */
export function combinedRows(given: Given): Iterable<Batch> | undefined {
  const { combiner, keys } = given;
  const order = keys.rankingFor(combiner.states)?.order;
  if (order === undefined) return undefined;
  const [path = ''] = keys.paths;
  const column = keys.columns(order).get(path);
  return column?.kind === 'dictionary' ? rowsOf(given, order, column.ids, column.dictionary) : undefined;
}

function* rowsOf(given: Given, keys: Int32Array, ids: Int32Array, dictionary: Dictionary): Generator<Batch> {
  const labels = new TextDictionary();
  for (const cells of given.combiner.sorted({ keys, ids }, BATCH)) yield batchOf(cells, dictionary, labels, given);
}

function batchOf(
  { ids, times, values, windows }: SortedCells,
  dictionary: Dictionary,
  labels: TextDictionary,
  { output, calendar, combiner, keys }: Given,
): Batch {
  const labelIds = new Int32Array(ids.length);
  let start = 0;
  for (const { window, end } of windows) {
    if (end > start) labelIds.fill(labels.intern(calendar.label(window)), start, end);
    start = end;
  }
  const own: [string, Column][] = values.map((column, index) => [
    combiner.values[index] ?? bug('a column of values without a field'),
    { kind: 'float64', values: column },
  ]);
  const columns = new Map<string, Column>([
    [keys.paths[0] ?? '', { kind: 'dictionary', ids, dictionary }],
    [output.time?.path ?? '', { kind: 'time', millis: times, form: combiner.form, zone: calendar.zone }],
    [output.derived?.periodField ?? '', { kind: 'dictionary', ids: labelIds, dictionary: labels }],
    ...own,
  ]);
  return { schema: output, length: ids.length, columns };
}
