import type { ByteSource } from '../../endpoints/endpoint.js';
import { openByteSource } from '../../endpoints/file-source.js';
import { SharedBytes } from '../../endpoints/shared-bytes.js';
import { StopSignal } from '../../pipeline/stop-signal.js';
import { FreshetError, ReaderGone, UsageError } from '../../records/errors.js';
import { masked } from '../../records/uri-password.js';
import { describeError } from '../describe-error.js';
import { Breached, runMonitor } from '../monitor-run.js';
import type { Reporter, RunReporter } from '../reporter.js';
import type { FileMonitor } from './monitor-file.js';

/** Inputs that are there once: who reads them takes the records away from others. Of standard input all get all. */
const ONCE = /^(http-listen|tcp-listen|tcp):/;

/**
 * Runs monitors side by side, each to the end of its input. Where one fails the others stop reading, and end as at a
 * signal.
 * @throws what the first of the file that failed has thrown, after all have ended; of the others it is told
 * @throws Breached where any of them saw a breach, after all have ended
 * @throws UsageError where two of them read an input that is there once
 */
export async function runMonitors(
  path: string,
  monitors: readonly FileMonitor[],
  reporter: Reporter,
  stop: StopSignal,
): Promise<void> {
  refuseShared(monitors);
  const readers = monitors.filter(({ monitor }) => monitor.flags.from?.includes('-')).length;
  const input = readers < 2 ? undefined : new SharedBytes(openByteSource('-'), readers);
  const summary = new Summary(reporter);
  const own = new StopSignal();
  stop.onRequest(() => own.request(stop.requested ?? 'SIGTERM'));
  let breaches = 0;
  const runs = monitors.map(async ({ monitor }): Promise<unknown> => {
    const branch = monitor.flags.from?.includes('-') ? input?.take() : undefined;
    const streams = (word: string): ByteSource | undefined => (word === '-' ? branch : undefined);
    try {
      await runMonitor(monitor, summary.of(monitor.name), own, streams);
    } catch (error) {
      if (!(error instanceof Breached)) {
        own.request('SIGTERM');
        return named(error, monitor.name);
      }
      breaches += error.breaches;
    } finally {
      // The others don't wait for one that has not come as far as to read it.
      branch?.stop();
      await branch?.close();
    }
    return undefined;
  });
  const failures = (await Promise.all(runs)).filter((failure) => failure !== undefined);
  summary.tell();
  // Nobody reads rows any more: that is the least of all.
  const [first, ...others] = failures.sort((a, b) => Number(a instanceof ReaderGone) - Number(b instanceof ReaderGone));
  for (const other of others) if (!(other instanceof ReaderGone)) reporter.error(describeError(other, false));
  if (first !== undefined) throw first;
  if (breaches > 0) throw new Breached(`a monitor of ${path}`, breaches);
}

/** An error with the name of the monitor that it is of. */
function named(error: unknown, name: string): unknown {
  if (!(error instanceof FreshetError)) return error;
  return new FreshetError(`${name}: ${error.message}`, error.status, error.next, { cause: error });
}

function refuseShared(monitors: readonly FileMonitor[]): void {
  const readers = new Map<string, string>();
  for (const { monitor } of monitors) {
    for (const word of monitor.flags.from ?? []) {
      const other = readers.get(word);
      if (other !== undefined && ONCE.test(word)) {
        throw new UsageError(
          `${monitor.name} and ${other} both read ${masked(word)}, and its records are there once`,
          'Let each have its own, or put a topic between.',
        );
      }
      readers.set(word, monitor.name);
    }
  }
}

/** What several runs tell: each sentence with the monitor's name, and one summary for all. */
class Summary {
  readonly #reporter: Reporter;
  readonly #figures = new Map<string, number>();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  of(name: string): RunReporter {
    const reporter = this.#reporter;
    const named = (sentence: string): string => (sentence.startsWith(`${name} `) ? sentence : `${name}: ${sentence}`);
    return {
      warn: (sentence) => reporter.warn(named(sentence)),
      say: (sentence) => reporter.say(named(sentence)),
      resumed: (sentence, fields, isSought) => reporter.resumed(named(sentence), fields, isSought),
      summary: (figures) => this.#add(figures),
      // One line of a terminal is too little for several runs.
      progressUntil: () => undefined,
      progress: () => {},
      clear: () => {},
    };
  }

  tell(): void {
    this.#reporter.summary(Object.fromEntries(this.#figures));
  }

  #add(figures: Readonly<Record<string, number>>): void {
    for (const [name, figure] of Object.entries(figures)) {
      const known = this.#figures.get(name) ?? 0;
      this.#figures.set(name, name === 'seconds' ? Math.max(known, figure) : known + figure);
    }
  }
}
