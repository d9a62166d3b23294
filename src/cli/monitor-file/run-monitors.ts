import type { ByteSource } from '../../endpoints/endpoint.js';
import { openByteSource } from '../../endpoints/file-source.js';
import { SharedBytes } from '../../endpoints/shared-bytes.js';
import { StopSignal } from '../../pipeline/stop-signal.js';
import { UsageError } from '../../records/errors.js';
import { Breached, runMonitor } from '../monitor-run.js';
import type { Reporter, RunReporter } from '../reporter.js';
import type { FileMonitor } from './monitor-file.js';

/** Inputs that are there once: who reads them takes the records away from others. Of standard input all get all. */
const ONCE = /^(http-listen|tcp-listen|tcp):/;

/**
 * Runs monitors side by side, each to the end of its input. Where one fails the others stop reading, and end as at a
 * signal.
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
  const streams = (word: string): ByteSource | undefined => (word === '-' ? input?.take() : undefined);
  const summary = new Summary(reporter);
  const own = new StopSignal();
  stop.onRequest(() => own.request(stop.requested ?? 'SIGTERM'));
  let breaches = 0;
  const failures: unknown[] = [];
  const runs = monitors.map(async ({ monitor }) => {
    try {
      await runMonitor(monitor, summary.of(monitor.name), own, streams);
    } catch (error) {
      if (error instanceof Breached) breaches += error.breaches;
      else failures.push(error);
      if (failures.length > 0) own.request('SIGTERM');
    }
  });
  await Promise.all(runs);
  summary.tell();
  if (failures.length > 0) throw failures[0];
  if (breaches > 0) throw new Breached(`a monitor of ${path}`, breaches);
}

function refuseShared(monitors: readonly FileMonitor[]): void {
  const readers = new Map<string, string>();
  for (const { monitor } of monitors) {
    for (const word of monitor.flags.from ?? []) {
      const other = readers.get(word);
      if (other !== undefined && ONCE.test(word)) {
        throw new UsageError(
          `${monitor.name} and ${other} both read ${word}, and its records are there once`,
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
