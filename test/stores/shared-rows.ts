import type { SharedTopics, Sink } from '../../src/endpoints/endpoint.js';
import type { Batch } from '../../src/records/batch.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Store } from '../../src/stores/store.js';

/** A type without a key. */
export const NUMBER = parseSchema({ type: 'record', name: 'number', fields: [{ name: 'n', type: 'long' }] }, 'NUMBER');
export const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** What a copy is told that has some partitions of the topic `pairs`. */
export function shared(partitions: readonly number[], topicId = TOPIC_ID): SharedTopics {
  return {
    partitions: partitions.map((partition) => ({ topic: 'pairs', partition })),
    topicIds: new Map([['pairs', topicId]]),
  };
}

/** The number that the record at an offset of a partition holds. */
export const numberAt = (partition: number, offset: number): number => 10_000 * partition + offset;

/** Rows of records at some offsets of a partition of `pairs`. @param width so many rows are of one record */
export function rowsAt(partition: number, offsets: readonly number[], width = 1): Batch {
  const rows = offsets.map((offset) => ({ n: numberAt(partition, offset) }));
  const ordinal = (row: number): number => Math.floor((offsets[row] ?? -1) / width);
  const origin = { source: `pairs:${partition}`, partition, unit: 'offset' as const, ordinal };
  return batchFromRows(NUMBER, rows, { origin });
}

/** Offsets of a range, the last of which is left out. */
export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

/** What a copy of a group writes with. */
export function sinkOf(store: Store, address: string, options: { group?: string; table?: string } = {}): Promise<Sink> {
  const { group = 'copies', table = 'numbers' } = options;
  return store.sink(address, { schema: NUMBER, table, create: true, zone: UTC, group });
}

/** The rows of the last batch that a sink has refused. */
export function rejectedBy(sink: Sink): number[] {
  return (sink.takeRejected?.() ?? []).flatMap((one) => ('row' in one ? [one.row] : []));
}

/** The numbers of a table's column, in order. */
export async function numbersOf(store: Store, address: string, table = 'numbers', column = 'n'): Promise<number[]> {
  const source = await store.source(address, { table, zone: UTC });
  const found: number[] = [];
  for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
    if (batch === 'wait') await source.ready();
    else for (const row of rowsOf(batch)) found.push(Number(row[column]));
  }
  await source.close();
  return found.sort((a, b) => a - b);
}
