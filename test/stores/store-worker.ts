import { FreshetError } from '../../src/records/errors.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { UTC } from '../../src/records/time/zone.js';
import { cassandraStore } from '../../src/stores/cassandra/cassandra-store.js';
import { mysqlStore } from '../../src/stores/mysql/mysql-store.js';
import { SqliteStore } from '../../src/stores/sqlite/sqlite-store.js';
import type { Store } from '../../src/stores/store.js';
import { DAILY, rowOf } from './store-model.js';
import { type Workload, workload } from './workload.js';

/** What a worker is told, as JSON in its first argument. */
export interface WorkerTask extends Workload {
  /** SQLite unless given. */
  readonly scheme?: 'mysql' | 'cassandra';
  readonly address: string;
  readonly busyTimeoutMs?: number;
  /** Read the table rather than write the workload. */
  readonly read?: boolean;
}

/** What it says, a line of JSON each. */
export type WorkerLine =
  | { readonly committed: number }
  | { readonly counts: { rows: number; applied: number; stale: number; tied: number } }
  | { readonly told: string }
  | { readonly error: string; readonly status: number; readonly next?: string };

function say(line: WorkerLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function storeOf({ scheme, busyTimeoutMs }: WorkerTask): Store {
  if (scheme === 'cassandra') return cassandraStore;
  return scheme === 'mysql' ? mysqlStore : new SqliteStore(busyTimeoutMs);
}

async function write(task: WorkerTask): Promise<void> {
  const tell = (told: string): void => say({ told });
  const sink = await storeOf(task).sink(task.address, { schema: DAILY, create: true, zone: UTC, tell });
  say({ committed: 0 });
  let committed = 0;
  for (const rows of workload(task)) {
    await sink.write(batchFromRows(DAILY, rows.map(rowOf)));
    const [refused] = sink.takeRejected?.() ?? [];
    if (refused !== undefined) throw new Error(`a row was refused: ${JSON.stringify(refused)}`);
    say({ committed: ++committed });
  }
  await sink.close();
  const { rows, applied = 0, stale = 0, tied = 0 } = sink.counts();
  say({ counts: { rows, applied, stale, tied } });
}

async function read(task: WorkerTask): Promise<void> {
  const source = await storeOf(task).source(task.address, { zone: UTC });
  let rows = 0;
  for (let batch = source.take(); batch !== 'end' && batch !== 'wait'; batch = source.take()) rows += batch.length;
  await source.close();
  say({ counts: { rows, applied: 0, stale: 0, tied: 0 } });
}

const task: WorkerTask = JSON.parse(process.argv[2] ?? '');
try {
  await (task.read === true ? read(task) : write(task));
} catch (error) {
  if (!(error instanceof FreshetError)) throw error;
  say({ error: error.message, status: error.status, next: error.next });
  process.exitCode = error.status;
}
// As freshet does: what a driver has still open is of no use any more.
process.stdout.write('', () => process.exit());
