import { Command } from '@oclif/core/command';
import { StopSignal } from '../pipeline/stop-signal.js';
import { ReaderGone } from '../records/errors.js';
import { describeError } from './describe-error.js';
import { exitStatus } from './exit-status.js';
import { Reporter } from './reporter.js';

/**
 * What every command shares: signals become a request to stop, errors become a sentence and the documented status.
 * Only bin/freshet.js ends the process.
 */
export abstract class FreshetCommand extends Command {
  protected readonly stop = new StopSignal();

  /** Does the work; whatever it throws is shown to the user. */
  protected abstract work(reporter: Reporter): Promise<void>;

  async run(): Promise<void> {
    // What stands behind -- is a command of its own.
    const end = this.argv.indexOf('--');
    const words = end < 0 ? this.argv : this.argv.slice(0, end);
    const reporter = new Reporter(words.includes('--log-format=json') || isJson(words), this.argv);
    this.catchSignals();
    try {
      await this.work(reporter);
    } catch (error) {
      if (!(error instanceof ReaderGone)) {
        reporter.error(describeError(error, words.includes('--debug')));
        process.exitCode = exitStatus(error);
      }
    } finally {
      reporter.close();
    }
    // A signal that came with the end of the input has its turn before the status is decided.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.stop.requested !== undefined && !process.exitCode) {
      process.exitCode = this.stop.requested === 'SIGINT' ? 130 : 143;
    }
  }

  /** Signals ask for a stop, and the second one ends the process; unless a command has another use for them. */
  protected catchSignals(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (this.stop.requested !== undefined) process.exit(signal === 'SIGINT' ? 130 : 143);
        this.stop.request(signal);
      });
    }
  }
}

function isJson(argv: readonly string[]): boolean {
  const at = argv.indexOf('--log-format');
  return at >= 0 && argv[at + 1] === 'json';
}
