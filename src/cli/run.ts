import type { Family } from '../endpoints/http/exposition.js';
import type { MetricsServer } from '../endpoints/http/metrics-server.js';
import type { ListenAddress } from '../endpoints/listen-address.js';
import { within } from '../endpoints/within.js';
import { figuresOf } from '../pipeline/figures.js';
import { Metrics } from '../pipeline/metrics.js';
import {
  type Ends,
  type Made,
  openPipeline,
  openProduced,
  type Surroundings,
  type Work,
  type WorkContext,
} from '../pipeline/open-pipeline.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { runPipeline } from '../pipeline/run-pipeline.js';
import type { StopSignal } from '../pipeline/stop-signal.js';
import { storeCounts } from '../pipeline/store-counts.js';
import { type Live, Progress } from './progress.js';
import type { RunReporter } from './reporter.js';

/** Partitions that a sentence names. */
const MOST_TOLD = 4;
const PATIENCE_MS = 1000;

/** Opens and runs what a command has planned, shows how far it is, and sums it up. */
export function run(
  ends: Ends,
  planWork: (context: WorkContext) => Work | Promise<Work>,
  reporter: RunReporter,
  stop: StopSignal,
): Promise<void> {
  return watch(ends, (surroundings) => openPipeline(ends, planWork, surroundings), reporter, stop);
}

/** The same for records that freshet makes itself. */
export function runProduced(ends: Ends, made: Made, reporter: RunReporter, stop: StopSignal): Promise<void> {
  return watch(ends, (surroundings) => openProduced(ends, made, surroundings), reporter, stop);
}

async function watch(
  { to, dead, metrics: address }: Ends,
  open: (surroundings: Surroundings) => Promise<Pipeline>,
  reporter: RunReporter,
  stop: StopSignal,
): Promise<void> {
  let pipeline: Pipeline | undefined;
  const until = reporter.progressUntil({ rows: to.includes('-'), deadLetters: dead === '-' });
  const progress = until === undefined ? undefined : new Progress(reporter, () => liveOf(pipeline), until);
  const metrics = new Metrics(progress, address !== undefined);
  const served = address === undefined ? undefined : await serve(address, () => figuresOf(metrics, pipeline), reporter);
  pipeline = await open({ metrics, stop, show: reporter.warn });
  tellResumed(pipeline, reporter);
  try {
    await runPipeline(pipeline);
  } catch (error) {
    await letGo(pipeline);
    throw error;
  } finally {
    progress?.end();
    await served?.close();
    summarize(pipeline, reporter);
  }
}

/** Says what a restart goes on from. */
function tellResumed({ source, operator }: Pipeline, reporter: RunReporter): void {
  const { resumed } = source;
  if (resumed === undefined) return;
  const { group, positions } = resumed;
  const at = Object.fromEntries(positions.map(({ topic, partition, offset }) => [`${topic}:${partition}`, offset]));
  const told = Object.entries(at).map(([name, offset]) => `${name} at ${offset}`);
  const others = told.length - MOST_TOLD;
  const listed = others > 1 ? [...told.slice(0, MOST_TOLD), `${others} more`] : told;
  const states = operator?.figures().states ?? 0;
  const kept = states === 0 ? '' : `, with ${states.toLocaleString('en-US')} states`;
  const figures = { group, positions: at, ...(states === 0 ? {} : { states }) };
  reporter.resumed(`group ${group} goes on: ${listed.join(', ')}${kept}`, figures, !source.finite);
}

function liveOf(pipeline: Pipeline | undefined): Live {
  if (pipeline === undefined) return { count: 0, late: 0 };
  const { count, late } = pipeline.deadLetters;
  const lag = pipeline.source.figures?.().lag?.reduce((sum, { records }) => sum + records, 0);
  return { count, late, ...(lag === undefined ? {} : { lag }) };
}

async function serve(
  address: ListenAddress,
  figures: () => readonly Family[],
  reporter: RunReporter,
): Promise<MetricsServer> {
  const { MetricsServer } = await import('../endpoints/http/metrics-server.js');
  const server = await MetricsServer.open(address, figures);
  reporter.warn(`figures are at ${server.url}`);
  return server;
}

/** Has others go on where this run has failed, if that takes no time. */
async function letGo({ source }: Pipeline): Promise<void> {
  await within(
    source.close().catch(() => {}),
    PATIENCE_MS,
  );
}

function summarize({ metrics, deadLetters, sinks, source, deletes }: Pipeline, reporter: RunReporter): void {
  if (deadLetters.closing !== undefined) reporter.say(deadLetters.closing);
  reporter.summary({
    records: metrics.records,
    rows: metrics.rows,
    late: deadLetters.late,
    dead: deadLetters.count,
    ...storeCounts(sinks),
    ...(deletes === undefined ? {} : { deleted: deletes.deleted }),
    ...source.passedOver,
    seconds: Math.round(performance.now() - metrics.started) / 1000,
  });
}
