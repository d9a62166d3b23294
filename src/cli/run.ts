import type { DeadLetters } from '../pipeline/dead-letters.js';
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
import { type Pipeline, runPipeline } from '../pipeline/run-pipeline.js';
import type { StopSignal } from '../pipeline/stop-signal.js';
import { Progress } from './progress.js';
import type { Reporter } from './reporter.js';

const PATIENCE_MS = 1000;

/** Opens and runs what a command has planned, shows how far it is, and sums it up. */
export function run(
  ends: Ends,
  planWork: (context: WorkContext) => Work | Promise<Work>,
  reporter: Reporter,
  stop: StopSignal,
): Promise<void> {
  return watch(ends, (surroundings) => openPipeline(ends, planWork, surroundings), reporter, stop);
}

/** The same for records that freshet makes itself. */
export function runProduced(ends: Ends, made: Made, reporter: Reporter, stop: StopSignal): Promise<void> {
  return watch(ends, (surroundings) => openProduced(ends, made, surroundings), reporter, stop);
}

async function watch(
  { to, dead }: Ends,
  open: (surroundings: Surroundings) => Promise<Pipeline>,
  reporter: Reporter,
  stop: StopSignal,
): Promise<void> {
  let pipeline: Pipeline | undefined;
  const until = reporter.progressUntil({ rows: to.includes('-'), deadLetters: dead === '-' });
  const counts = (): Pick<DeadLetters, 'count' | 'late'> => pipeline?.deadLetters ?? { count: 0, late: 0 };
  const progress = until === undefined ? undefined : new Progress(reporter, counts, until);
  const metrics = new Metrics(progress);
  pipeline = await open({ metrics, stop, show: reporter.warn });
  try {
    await runPipeline(pipeline);
  } catch (error) {
    await letGo(pipeline);
    throw error;
  } finally {
    progress?.end();
    summarize(pipeline, reporter);
  }
}

/** Has others go on where this run has failed, if that takes no time. */
async function letGo({ source }: Pipeline): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([source.close().catch(() => {}), patience]);
  clearTimeout(timer);
}

function summarize({ metrics, deadLetters, sinks, source, deletes }: Pipeline, reporter: Reporter): void {
  if (deadLetters.closing !== undefined) reporter.say(deadLetters.closing);
  const counts = sinks.map((sink) => sink.counts());
  const total = (name: 'applied' | 'stale' | 'tied'): Record<string, number> =>
    counts.some((count) => count[name] !== undefined)
      ? { [name]: counts.reduce((sum, count) => sum + (count[name] ?? 0), 0) }
      : {};
  reporter.summary({
    records: metrics.records,
    rows: metrics.rows,
    late: deadLetters.late,
    dead: deadLetters.count,
    ...total('applied'),
    ...total('stale'),
    ...total('tied'),
    ...(deletes === undefined ? {} : { deleted: deletes.deleted }),
    ...source.passedOver,
    seconds: Math.round(performance.now() - metrics.started) / 1000,
  });
}
