import type { RecordPlace } from '../endpoints/endpoint.js';
import type { FlushReason, Operator } from '../operators/operator.js';
import { KEYS_AND_WINDOWS, stateBoundReached } from '../operators/state-bound.js';
import type { Batch, Reject } from '../records/batch.js';
import { ConnectionCut, DataError } from '../records/errors.js';
import { Arrival, due } from './arrival.js';
import type { DeadLetter } from './dead-letter-record.js';
import { IdleClosing } from './idle-closing.js';
import type { Pipeline } from './pipeline.js';
import { addRefused, withEnvelope } from './refused-rows.js';
import { closeAll, failAfterFlush, flush, write } from './write-rows.js';

/** How long rows are worked on before timers and signals get their turn. */
const TURN_MS = 20;
/** How often a terminal's figures are refreshed while nothing arrives. */
const REFRESH_MS = 1000;
const NOTHING: ReadonlySet<number> = new Set();

/**
 * Moves records from the source through the filter and the operator to the sinks, until the source ends or a signal
 * stops it. Everything that was read is flushed before it returns.
 * @throws DataError when there were too many dead letters or the source is damaged (compressed data that is cut), and
 * ConnectionCut, after what came before was flushed
 */
export async function runPipeline(pipeline: Pipeline): Promise<void> {
  const { source } = pipeline;
  const isCut = stopOnSignal(pipeline);
  for (;;) {
    const last = await readOn(pipeline, isCut);
    const isMoving = source.urgent === true;
    // What others have not read yet, and is this run's by now, is read before it ends.
    const isSafe = await orRead(pipeline, () => flush(pipeline, last, { isLast: true }));
    if ((isSafe && !isMoving) || isCut() || pipeline.halted?.() === true) break;
  }
  await closeAll(pipeline);
  // Of rows that a sink has refused at last.
  if (pipeline.deadLetters.exceeded) throw pipeline.deadLetters.error();
}

/** Moves records until there are no more. @returns why rows are asked for then */
async function readOn(pipeline: Pipeline, isCut: () => boolean): Promise<FlushReason> {
  const { source, operator, every, idleClose, metrics } = pipeline;
  let flushed = performance.now();
  let yielded = flushed;
  const idle = new IdleClosing(source, operator, idleClose);
  const arrival = new Arrival();
  // At once means as soon as nothing else is there to be read: that would wait for the writing, too.
  const interval = every === 0 ? TURN_MS : every;
  let owed = false;
  for (;;) {
    if (pipeline.halted?.() === true) return 'tick';
    const got = await next(pipeline);
    if (got === 'end') return pipeline.staysOpen === true && isCut() ? 'tick' : 'end';
    if (got === 'wait') {
      if (every === 0 && owed) await orRead(pipeline, () => flush(pipeline, 'tick'));
      owed = false;
      const refreshed = metrics.watcher === undefined ? undefined : performance.now() + REFRESH_MS;
      const written = every === 0 || operator === undefined ? undefined : due(flushed, every);
      await arrival.of(source, refreshed, written, idle.due);
    } else {
      await orRead(pipeline, () => handle(pipeline, got));
      idle.arrived(got);
      owed = true;
    }
    const now = performance.now();
    // What halts a run is seen when rows are given out.
    const isDue = now - flushed >= interval || pipeline.deadLetters.isFull;
    if (isDue || source.urgent === true || pipeline.halted !== undefined) {
      await orRead(pipeline, () => flush(pipeline, 'tick'));
      flushed = every === 0 ? performance.now() : now;
      owed = false;
    }
    const quiet = got === 'wait' ? idle.take() : NOTHING;
    if (quiet.size > 0) await orRead(pipeline, () => flush(pipeline, 'idle', { parts: quiet }));
    metrics.tick(now);
    if (now - yielded >= TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      yielded = performance.now();
    }
  }
}

/**
 * Does some work, unless others have taken over: then what was read is theirs, and what is left is read on.
 * @returns whether the work is done
 */
async function orRead({ source, deadLetters }: Pipeline, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(await source.lost?.(error))) throw error;
    // What is read again is refused again.
    deadLetters.forget();
    return false;
  }
}

/** What the source has to say. */
async function next(pipeline: Pipeline): Promise<Batch | 'wait' | 'end'> {
  try {
    return pipeline.source.take();
  } catch (error) {
    if (error instanceof DataError || error instanceof ConnectionCut) await failAfterFlush(pipeline, error);
    throw error;
  }
}

/** Takes one batch: rejects aside, the rest through filter and operator. */
async function handle(pipeline: Pipeline, given: Batch): Promise<void> {
  const { metrics, deadLetters, deletes, sinks, source } = pipeline;
  if (given.exchanged !== undefined) return handleExchanged(pipeline, given);
  metrics.records += given.counts ?? given.length;
  // Rows that come too late are stale, deletes are not.
  if (deletes !== undefined) await source.checkOwned?.();
  const batch = deletes === undefined ? given : await deletes.apply(given, sinks, deadLetters);
  let broken: RecordPlace | undefined = addRejects(pipeline, batch);
  // A batch of rejects alone may have no columns.
  if (batch.length > 0) {
    const accepted = broken === undefined ? batch : before(batch, broken);
    await pipeline.passed?.write(accepted);
    broken = (await handleRows(pipeline, accepted)) ?? broken;
  }
  if (deadLetters.exceeded) await failAfterFlush(pipeline, deadLetters.error(), broken ?? 'nowhere');
  await deadLetters.write();
}

/** Takes rows that were handled before they were sent on, here or by another copy. */
async function handleExchanged(pipeline: Pipeline, batch: Batch): Promise<void> {
  const { operator, deadLetters } = pipeline;
  if (operator === undefined) return;
  const { refused } = operator.process(batch);
  addRefused(pipeline, batch, refused);
  await boundState(pipeline, operator);
  if (deadLetters.exceeded) await failAfterFlush(pipeline, deadLetters.error(), 'nowhere');
  await deadLetters.write();
}

/**
 * Takes rows that fit: through filter and operator to the sinks.
 * @returns the record that ended the run before it was taken, if one did
 */
async function handleRows(pipeline: Pipeline, accepted: Batch): Promise<RecordPlace | undefined> {
  const { filter, operator, deadLetters } = pipeline;
  const wasExceeded = deadLetters.exceeded;
  const allowed = guarded(pipeline, filter === undefined ? accepted : filter.apply(accepted));
  const broken = wasExceeded ? undefined : placeOf(deadLetters.last);
  const passed = broken === undefined ? allowed : before(allowed, broken);
  if (operator === undefined) {
    pipeline.metrics.noteTimes(passed);
    await write(pipeline, passed);
  } else {
    const processed = operator.process(passed);
    addRefused(pipeline, passed, processed.refused);
    if (processed.rows !== undefined) await write(pipeline, processed.rows);
    await pipeline.exchange?.room();
    await boundState(pipeline, operator);
  }
  return broken;
}

/** Lets go of what is closed when the state has reached its bound, and fails if that is not enough. */
async function boundState(pipeline: Pipeline, operator: Operator): Promise<void> {
  const { metrics, maxState } = pipeline;
  if (operator.figures().states > maxState) await flush(pipeline, 'tick');
  const { states, watermark } = operator.figures();
  metrics.states = states;
  metrics.watermark = watermark;
  if (states <= maxState) return;
  throw stateBoundReached(maxState, operator.stateKind ?? KEYS_AND_WINDOWS);
}

/** Where a dead letter was read, if it says so. */
function placeOf(letter: DeadLetter | undefined): RecordPlace | undefined {
  return letter?.ordinal === undefined ? undefined : { source: letter.source, ordinal: letter.ordinal };
}

/** The reject that was one too many, where the rows of the batch end that still count. */
function addRejects({ deadLetters, metrics }: Pipeline, batch: Batch): Reject | undefined {
  for (const reject of batch.rejects ?? []) {
    metrics.records++;
    deadLetters.add(withEnvelope(deadLetters, batch, reject));
    if (deadLetters.exceeded) return reject;
  }
  return undefined;
}

/** The rows of a batch that stand before a record. */
function before(batch: Batch, { ordinal }: RecordPlace): Batch {
  const { origin } = batch;
  if (origin === undefined) return batch;
  const rows = batch.selection ?? Int32Array.from({ length: batch.length }, (_, row) => row);
  return { ...batch, selection: rows.filter((row) => origin.ordinal(row) < ordinal) };
}

function guarded(pipeline: Pipeline, batch: Batch): Batch {
  if (pipeline.guard === undefined) return batch;
  const { batch: kept, refused } = pipeline.guard.apply(batch);
  addRefused(pipeline, batch, refused);
  return kept;
}

/**
 * The first signal: a stage that reads a pipe goes on to the pipe's end, since whoever writes to it was stopped too
 * and nothing between the two may be lost; any other stops reading.
 * @returns whether reading was stopped before the input's end
 */
function stopOnSignal({ source, stop, drain }: Pipeline): () => boolean {
  let isCut = false;
  const cut = (): void => {
    isCut = true;
    source.stop();
  };
  stop.onRequest(() => {
    if (source.drains === true) setTimeout(cut, drain).unref();
    else cut();
  });
  return () => isCut;
}
