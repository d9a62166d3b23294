import type { BatchCells } from '../batch-cells.js';
import type { Bound, CassandraClient } from './client.js';
import type { RowStatements } from './row-statements.js';

/** What a part of a key, or all of a partition's, may have: two bytes tell its length. */
const LONGEST_KEY = 65_535;
/** What a server takes in one write, unless it says so: half of a commit log's segment. */
const MOST_BYTES = 8 * 1024 * 1024;
/** What a write has besides its values, and more than that. */
const ROOM = 16_384;
/** A UTF-16 unit is at most so many bytes of UTF-8. */
const BYTES_A_UNIT = 3;

/** How many bytes of one row a server takes at most. */
export async function mostBytes(client: CassandraClient): Promise<number> {
  const names = ['max_mutation_size', 'commitlog_segment_size'];
  const settings = await client
    .select('SELECT name, value FROM system_views.settings WHERE name IN ?', [names])
    // Before 4.1 they have other names, and before 4.0 there is no such table.
    .catch(() => []);
  const sizes = new Map(settings.map(([name, value]) => [String(name), bytesOf(String(value))]));
  const segment = sizes.get('commitlog_segment_size');
  return (sizes.get('max_mutation_size') ?? (segment === undefined ? MOST_BYTES : segment / 2)) - ROOM;
}

/**
 * Why a row can't be stored although its server would not say so: in a lightweight transaction it takes a key that it
 * can't write to its disk, and to a row that is too large it does not answer.
 * @param most as mostBytes() gives it
 * @returns a sentence without a full stop; undefined where it can be stored
 */
export function unstorable(
  cells: BatchCells,
  row: number,
  statements: RowStatements,
  most: number,
): string | undefined {
  const { partition, clustering } = statements.keyValues(cells, row);
  const [first] = partition;
  if (partition.length === 1 && lengthOf(first) === 0) {
    return 'its key is empty, and Cassandra takes no empty partition key';
  }
  const longest = Math.max(total(partition), ...clustering.map(lengthOf));
  if (longest > LONGEST_KEY) {
    return `its key has ${longest} bytes, and Cassandra takes ${LONGEST_KEY}`;
  }
  if (cells.row(row).length * BYTES_A_UNIT < most) return undefined;
  const bytes = total(statements.insert(cells, row).params);
  return bytes > most ? `it has ${bytes} bytes, and the server takes ${most} of one row` : undefined;
}

function total(values: readonly Bound[]): number {
  return values.reduce<number>((sum, value) => sum + lengthOf(value), 0);
}

function lengthOf(value: Bound): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return Buffer.isBuffer(value) ? value.length : 16;
}

/** `8MiB`, `16777216B`. */
function bytesOf(size: string): number | undefined {
  const parts = /^(\d+)(B|KiB|MiB|GiB)$/.exec(size);
  if (parts === null) return undefined;
  return Number(parts[1]) * 1024 ** ['B', 'KiB', 'MiB', 'GiB'].indexOf(parts[2]);
}
