import type { Alarms } from '../actions/action.js';
import type { ByteSink, Sink } from '../endpoints/endpoint.js';
import type { MonitorKind } from '../operators/monitors/monitor-schema.js';
import type { Operator } from '../operators/operator.js';
import type { AlertSink } from '../pipeline/alert-sink.js';
import type { SchemaChoice } from '../pipeline/choose-schema.js';
import type { Ends, Work, WorkContext } from '../pipeline/open-pipeline.js';
import type { StopSignal } from '../pipeline/stop-signal.js';
import { FreshetError, ReaderGone, Status, UsageError } from '../records/errors.js';
import { printable } from '../records/printable.js';
import { type EndFlags, endsOf } from './ends-of.js';
import type { RunReporter } from './reporter.js';
import { run } from './run.js';

/** The values of the flags that every monitor has. */
export interface MonitorFlags extends EndFlags, SchemaChoice {
  readonly by?: string;
  readonly name?: string;
  readonly pass: boolean;
  readonly kill: boolean;
  readonly target?: readonly string[];
  readonly grace: number;
  readonly exec?: readonly string[];
  readonly webhook?: readonly string[];
  readonly cooldown: number;
  readonly 'act-within': number;
  readonly 'dry-run': boolean;
  readonly 'allowed-lateness': number;
  readonly 'max-future': number;
  readonly 'max-state': number;
  readonly every: number;
}

/** A monitor that is ready to be run over what was opened. */
export interface Monitor {
  readonly kind: MonitorKind;
  readonly name: string;
  readonly flags: MonitorFlags;
  readonly plan: (context: WorkContext, ends: Ends) => Promise<Work & { readonly operator: Operator }>;
  /** A file that gets the rows, too, in a form of its own. */
  readonly report?: { readonly path: string; readonly sinkOf: (file: ByteSink, operator: Operator) => Sink };
}

/** A monitor saw a breach. Exit status 5. */
export class Breached extends FreshetError {
  constructor(
    monitor: string,
    readonly breaches: number,
  ) {
    super(`${monitor} was breached ${breaches === 1 ? 'once' : `${breaches} times`}`, Status.breach);
  }
}

/** Rows are written so often at least, for the clock to be looked at. */
const LEAST_EVERY_MS = 20;

/**
 * Runs a monitor to the end of its input, or to its first breach where it is to stop the pipeline that it stands in.
 * @param streams gives the bytes of inputs that other monitors read, too
 * @throws Breached, after all is done
 */
export async function runMonitor(
  monitor: Monitor,
  reporter: RunReporter,
  stop: StopSignal,
  streams?: Ends['streams'],
): Promise<void> {
  const { name, flags, report } = monitor;
  const ends = { ...monitorEnds(monitor), ...(streams === undefined ? {} : { streams }) };
  // What it says has words of the records.
  const tell = (sentence: string): void => reporter.warn(printable(sentence));
  const { alarms, identity } = await alarmsOf(monitor, tell);
  const { AlertSink } = await import('../pipeline/alert-sink.js');
  const stopping = new Stopping(flags, tell);
  let alerts: AlertSink | undefined;
  const planWork = async (context: WorkContext): Promise<Work> => {
    const work = await monitor.plan(context, ends);
    alerts = new AlertSink({
      schema: work.operator.output,
      monitor: name,
      identity,
      alarms,
      tell,
      breached: stopping.breached,
    });
    const reported = report && {
      report: { path: report.path, sinkOf: (file: ByteSink) => report.sinkOf(file, work.operator) },
    };
    const halted = stopping.applies ? { halted: stopping.isAsked } : {};
    return { ...work, watchers: [alerts], ...reported, pass: flags.pass, staysOpen: true, ...halted };
  };
  try {
    await run(ends, planWork, reporter, stop);
  } catch (error) {
    // Nobody reads the rows any more: what was seen by then counts.
    if (!(error instanceof ReaderGone) || !alerts?.breaches) throw error;
  } finally {
    await alarms.settle();
  }
  if (alerts !== undefined && alerts.breaches > 0) throw new Breached(name, alerts.breaches);
}

function monitorEnds({ flags, report }: Monitor): Ends {
  const to = flags.to ?? (flags.pass ? [] : ['-']);
  if (flags.pass && to.includes('-')) {
    throw new UsageError(
      '--pass and --to - both write to standard output',
      'Let the rows go elsewhere, such as --to alerts.ndjson.',
    );
  }
  if (report?.path === '-' && (flags.pass || to.includes('-') || flags.dead === '-')) {
    throw new UsageError(
      `--report-file - and ${flags.pass ? '--pass' : to.includes('-') ? '--to -' : '--dead -'} both write to standard output`,
      'Let one of them go elsewhere, such as --report-file report.txt.',
    );
  }
  return { ...endsOf(flags), to, every: Math.max(flags.every, LEAST_EVERY_MS) };
}

/** What follows breaches. */
async function alarmsOf(
  monitor: Monitor,
  tell: (sentence: string) => void,
): Promise<{ readonly alarms: Alarms; readonly identity: string }> {
  const { name, flags } = monitor;
  const { kill, target: targets = [], grace, exec, webhook } = flags;
  if (targets.length > 0 && !kill) {
    throw new UsageError('--target says what is killed, and --kill is not given', 'Give --kill, or leave both away.');
  }
  if (targets.length === 0 && exec === undefined && webhook === undefined) {
    return { alarms: { raise: () => {}, settle: async () => {} }, identity: name };
  }
  const { openAlarms } = await import('../actions/open-alarms.js');
  const identity = (await import('./monitor-identity.js')).identityOf(monitor);
  const alarms = await openAlarms({
    ...(targets.length === 0 ? {} : { kill: { targets, grace } }),
    ...(exec === undefined ? {} : { exec }),
    ...(webhook === undefined ? {} : { webhook }),
    cooldown: flags.cooldown,
    actWithin: flags['act-within'],
    dryRun: flags['dry-run'],
    monitor: identity,
    tell,
    now: Date.now,
  });
  return { alarms, identity };
}

/**
 * What a breach does to the pipeline that the monitor stands in. It brings the records, so that it is none of an
 * earlier run's: the age of a breach does not matter.
 */
class Stopping {
  /** Whether a breach may stop it. */
  readonly applies: boolean;
  readonly #isDry: boolean;
  readonly #tell: (sentence: string) => void;
  #asked = false;

  constructor(flags: MonitorFlags, tell: (sentence: string) => void) {
    this.applies = flags.kill && flags.target === undefined;
    this.#isDry = flags['dry-run'];
    this.#tell = tell;
  }

  readonly breached = (): void => {
    if (!this.applies || this.#asked) return;
    this.#asked = true;
    if (this.#isDry) this.#tell('--dry-run: the pipeline would be stopped now');
  };

  readonly isAsked = (): boolean => this.#asked && !this.#isDry;
}
