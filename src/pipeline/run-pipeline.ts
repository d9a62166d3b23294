import type { FlushReason, Operator } from '../operators/operator.js';
import { KEYS_AND_WINDOWS, stateBoundReached } from '../operators/state-bound.js';
import type { Batch, Reject } from '../records/batch.js';
import { ConnectionCut, DataError } from '../records/errors.js';
import { Arrival, due } from './arrival.js';
import type { Pipeline } from './pipeline.js';
import { addRefused, withEnvelope } from './refused-rows.js';
import { failAfterFlush, flush, write } from './write-rows.js';

/** How long rows are worked on before timers and signals get their turn. */
const TURN_MS = 20;
/** How often a terminal's figures are refreshed while nothing arrives. */
const REFRESH_MS = 1000;

/**
 * Moves records from the source through the filter and the operator to the sinks, until the source ends or a signal
 * stops it. Everything that was read is flushed before it returns.
 * @throws DataError when there were too many dead letters or the source is damaged (compressed data that is cut), and
 * ConnectionCut, after what came before was flushed
 */
export async function runPipeline(pipeline: Pipeline): Promise<void> {
  const { source, operator, every, idleClose, metrics } = pipeline;
  const isCut = stopOnSignal(pipeline);
  let flushed = performance.now();
  let arrived = flushed;
  let yielded = flushed;
  let idle = false;
  const arrival = new Arrival();
  // At once means as soon as nothing else is there to be read: that would wait for the writing, too.
  const interval = every === 0 ? TURN_MS : every;
  let owed = false;
  let last: FlushReason = 'end';
  for (;;) {
    if (pipeline.halted?.() === true) {
      last = 'tick';
      break;
    }
    const got = await next(pipeline);
    if (got === 'end') {
      if (pipeline.staysOpen === true && isCut()) last = 'tick';
      break;
    }
    if (got === 'wait') {
      if (every === 0 && owed) await orRead(pipeline, () => flush(pipeline, 'tick'));
      owed = false;
      const refreshed = metrics.watcher === undefined ? undefined : performance.now() + REFRESH_MS;
      const written = every === 0 || operator === undefined ? undefined : due(flushed, every);
      await arrival.of(source, refreshed, written, idle ? undefined : due(arrived, idleClose));
    } else {
      await orRead(pipeline, () => handle(pipeline, got));
      arrived = performance.now();
      idle = false;
      owed = true;
    }
    const now = performance.now();
    // What halts a run is seen when rows are given out.
    if (now - flushed >= interval || source.urgent === true || pipeline.halted !== undefined) {
      await orRead(pipeline, () => flush(pipeline, 'tick'));
      flushed = every === 0 ? performance.now() : now;
      owed = false;
    }
    if (!idle && idleClose !== undefined && got === 'wait' && now - arrived >= idleClose) {
      await flush(pipeline, 'idle');
      idle = true;
    }
    metrics.tick(now);
    if (now - yielded >= TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      yielded = performance.now();
    }
  }
  await flush(pipeline, last, true);
  for (const sink of pipeline.sinks) await sink.close();
  await pipeline.passed?.close();
  await pipeline.deadLetters.close();
  await source.close();
  await pipeline.close?.();
  // Of rows that a sink has refused at last.
  if (pipeline.deadLetters.exceeded) throw pipeline.deadLetters.error();
}

/** Does some work, unless others have taken over: then what was read is theirs, and what is left is read on. */
async function orRead({ source }: Pipeline, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(await source.lost?.(error))) throw error;
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
  const { metrics, deadLetters, deletes, sinks } = pipeline;
  if (given.exchanged !== undefined) return handleExchanged(pipeline, given);
  metrics.records += given.counts ?? given.length;
  const batch = deletes === undefined ? given : await deletes.apply(given, sinks, deadLetters);
  const broken = addRejects(pipeline, batch);
  // A batch of rejects alone may have no columns.
  if (batch.length > 0) {
    const accepted = broken === undefined ? batch : before(batch, broken);
    await pipeline.passed?.write(accepted);
    await handleRows(pipeline, accepted);
  }
  await deadLetters.write();
  if (deadLetters.exceeded) {
    const error = deadLetters.error();
    await failAfterFlush(pipeline, error);
  }
}

/** Takes rows that were handled before they were sent on, here or by another copy. */
async function handleExchanged(pipeline: Pipeline, batch: Batch): Promise<void> {
  const { operator, deadLetters } = pipeline;
  if (operator === undefined) return;
  const { refused } = operator.process(batch);
  addRefused(pipeline, batch, refused);
  await boundState(pipeline, operator);
  await deadLetters.write();
  if (deadLetters.exceeded) await failAfterFlush(pipeline, deadLetters.error());
}

/** Takes rows that fit: through filter and operator to the sinks. */
async function handleRows(pipeline: Pipeline, accepted: Batch): Promise<void> {
  const { filter, operator } = pipeline;
  const passed = guarded(pipeline, filter === undefined ? accepted : filter.apply(accepted));
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

/** Under --strict the first reject, where the rows of the batch end that still count. */
function addRejects({ deadLetters, metrics }: Pipeline, batch: Batch): Reject | undefined {
  for (const reject of batch.rejects ?? []) {
    metrics.records++;
    deadLetters.add(withEnvelope(deadLetters, batch, reject));
    if (deadLetters.exceeded) return reject;
  }
  return undefined;
}

/** The rows of a batch that stand before a reject. */
function before(batch: Batch, reject: Reject): Batch {
  const { origin } = batch;
  if (origin === undefined) return batch;
  const rows = batch.selection ?? Int32Array.from({ length: batch.length }, (_, row) => row);
  return { ...batch, selection: rows.filter((row) => origin.ordinal(row) < reject.ordinal) };
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
