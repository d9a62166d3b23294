import { breakableFormat } from '../endpoints/produce/broken-records.js';
import { SimulatedSource } from '../endpoints/produce/simulated-source.js';
import type { Simulation } from '../endpoints/produce/simulation.js';
import { formatOfName } from '../pipeline/formats.js';
import type { StopSignal } from '../pipeline/stop-signal.js';
import { type EndFlags, endsOf } from './ends-of.js';
import type { Reporter } from './reporter.js';
import { runProduced } from './run.js';

/** The values of the flags that every simulated source has. */
export interface ProduceFlags extends EndFlags {
  readonly count?: number;
  readonly seed: number;
  readonly rate?: number;
  readonly interval?: number;
  readonly disorder?: number;
  readonly 'disorder-by'?: number;
  readonly late?: number;
  readonly 'late-by'?: number;
  readonly duplicates?: number;
  readonly broken?: number;
}

/** Runs a simulation into its outputs. @param name what the user calls it: `produce yt` */
export async function produceSimulated(
  name: string,
  simulation: Simulation,
  flags: ProduceFlags,
  reporter: Reporter,
  stop: StopSignal,
): Promise<void> {
  const ends = endsOf(flags);
  const [to = '-'] = ends.to;
  const format = ends.format ?? formatOfName(to) ?? 'ndjson';
  const source = new SimulatedSource(name, simulation, {
    count: flags.count,
    seed: flags.seed,
    rate: flags.rate,
    interval: flags.interval,
    disorder: flags.disorder,
    disorderBy: flags['disorder-by'],
    late: flags.late,
    lateBy: flags['late-by'],
    duplicates: flags.duplicates,
    ...(flags.broken ? { broken: flags.broken, brokenFormat: breakableFormat(format) } : {}),
  });
  await runProduced(ends, { source, schema: simulation.schema }, reporter, stop);
}
