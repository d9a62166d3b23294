import type { RecordPlace, RejectedRow } from '../endpoints/endpoint.js';
import type { FlushReason } from '../operators/operator.js';
import { PartitionedOperator } from '../operators/partitioned-operator.js';
import { type Batch, selectedCount } from '../records/batch.js';
import type { FreshetError } from '../records/errors.js';
import type { Pipeline } from './pipeline.js';
import { addRefused } from './refused-rows.js';

export interface Flush {
  /** Whether none comes after it. */
  readonly isLast?: boolean;
  /** The parts of a partitioned operator that the reason is of; absent: all. */
  readonly parts?: ReadonlySet<number>;
  /** Whether the source is not told: what it gave counts as not taken. */
  readonly untold?: boolean;
}

/** Gives out what the operator has to give, has it safe in the sinks, and says so to the source. */
export async function flush(
  pipeline: Pipeline,
  reason: FlushReason,
  { isLast = reason === 'end', parts, untold = false }: Flush = {},
): Promise<void> {
  const { source, operator, sinks, metrics, deadLetters } = pipeline;
  const { rows: before } = metrics;
  await source.checkOwned?.();
  // Parts that are here hear how far time has come, too, and may have windows to close.
  pipeline.exchange?.flush();
  if (operator !== undefined) {
    if (operator instanceof PartitionedOperator) await writeChanges(pipeline, operator.changes(reason, parts));
    else for (const rows of operator.flush(reason)) await write(pipeline, rows);
    metrics.states = operator.figures().states;
  }
  const wrote = metrics.rows > before;
  if (wrote || operator === undefined || source.commit !== undefined) for (const sink of sinks) await sink.flush();
  await pipeline.passed?.flush();
  addRejected(pipeline);
  await deadLetters.flush();
  if (!untold || source.rewind === undefined) await source.commit?.(isLast);
}

async function writeChanges(pipeline: Pipeline, changes: ReturnType<PartitionedOperator['changes']>): Promise<void> {
  const { state } = pipeline;
  for (const { part, rows, as } of changes) {
    if (as === 'rows' || as === 'both') await write(pipeline, rows);
    if (as === 'state' || as === 'both') await state?.keep(part, rows);
    if (as === 'gone') await state?.forget(part, rows);
  }
}

/** Writes rows to all sinks. */
export async function write(pipeline: Pipeline, rows: Batch): Promise<void> {
  const { sinks, metrics } = pipeline;
  const count = selectedCount(rows);
  if (count === 0) return;
  const { rows: before } = metrics;
  for (const sink of sinks) {
    await sink.write(rows);
    addRejected(pipeline, rows, before);
  }
  metrics.addRows(count);
}

/** Makes dead letters of rows that sinks could not take. @param rows the last batch, and how many rows came before it */
function addRejected(pipeline: Pipeline, rows?: Batch, before = 0): void {
  for (const sink of pipeline.sinks) {
    const refused: RejectedRow[] = [];
    for (const rejected of sink.takeRejected?.() ?? []) {
      const { reason } = rejected;
      if ('raw' in rejected) {
        pipeline.deadLetters.add({ reason, source: sink.name, raw: rejected.raw });
        pipeline.source.refused?.({ reason });
      } else refused.push({ row: rejected.row, reason });
    }
    if (rows !== undefined) addRefused(pipeline, rows, refused, { source: sink.name, before });
  }
}

/**
 * Fails when what came before is safe.
 * @param at the record that ends the run, which others will begin with; nowhere: what came behind it was taken, too, and
 * positions stay where they were committed last
 */
export async function failAfterFlush(
  pipeline: Pipeline,
  error: FreshetError,
  at?: RecordPlace | 'nowhere',
): Promise<never> {
  const { source, deadLetters } = pipeline;
  source.stop();
  if (at !== undefined && at !== 'nowhere') {
    // One that is kept elsewhere need not be met again.
    source.rewind?.({ ...at, ordinal: at.ordinal + (deadLetters.keeps ? 1 : 0) });
  }
  try {
    await flush(pipeline, 'end', { untold: at === 'nowhere' });
  } catch (failure) {
    // What was read is another's.
    if (!(await source.lost?.(failure))) throw failure;
    deadLetters.forget();
  }
  await closeAll(pipeline);
  throw error;
}

/** Closes what was opened, after the last flush. */
export async function closeAll({ sinks, passed, deadLetters, source, close }: Pipeline): Promise<void> {
  for (const sink of sinks) await sink.close();
  await passed?.close();
  await deadLetters.close();
  await source.close();
  await close?.();
}
