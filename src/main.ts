import { fileURLToPath } from 'node:url';
import { flush } from '@oclif/core/flush';
import { run } from '@oclif/core/run';
import { describeError, unknownCommand } from './cli/describe-error.js';
import { exitStatus } from './cli/exit-status.js';
import { outputFailure } from './cli/output-failure.js';
import { Reporter } from './cli/reporter.js';
import { type Commands, rootPlugin } from './cli/root-plugin.js';
import { Status } from './records/errors.js';

/** freshet's folder: of dist/ where it is bundled, and of src/. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a command line. Nothing else in freshet ends the process.
 * @returns the exit status, when all that was said has been read
 */
export async function main(words: string[], commands: Commands): Promise<number> {
  const status = await statusOf(words, commands);
  // A pipe that is full takes the rest later.
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
  return status;
}

async function statusOf(words: string[], commands: Commands): Promise<number> {
  // `freshet help aggregate daily`, as git has it.
  const argv = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  const reporter = new Reporter(false, argv);
  // oclif's own listener throws, and what it throws nobody catches.
  process.stdout.removeAllListeners('error');
  process.stdout.on('error', (error) => process.exit(outputStatus(error, reporter)));
  // Nobody is left to tell it to; the rows go on (`2>&1 | head -1`: until standard output says the same).
  process.stderr.on('error', () => {});
  // Node would print a line of the bundle.
  process.on('uncaughtException', (error) => {
    reporter.error(describeError(error, argv.includes('--debug')));
    process.exit(exitStatus(error));
  });
  try {
    const plugin = rootPlugin(ROOT, commands);
    await run(argv, { root: ROOT, plugins: new Map([[plugin.name, plugin]]) });
    await flushed();
    return Number(process.exitCode ?? Status.done);
  } catch (error) {
    if (isExit(error, 0)) return Status.done;
    if (isExit(error, 127) || (error instanceof Error && /^command .* not found\.?$/i.test(error.message))) {
      reporter.error(
        unknownCommand(
          argv,
          Object.keys(commands).map((id) => id.replaceAll(':', ' ')),
        ),
      );
      return Status.usage;
    }
    reporter.error(describeError(error, argv.includes('--debug')));
    return exitStatus(error);
  }
}

/** Waits for what oclif has printed, help mostly. Records are not printed through process.stdout. */
async function flushed(): Promise<void> {
  if (process.exitCode === undefined) await flush();
}

/** `freshet --help | head -1`: the reader may go away at any time. */
function outputStatus(error: unknown, reporter: Reporter): number {
  const { status, described } = outputFailure(error);
  if (described !== undefined) reporter.error(described);
  return status;
}

function isExit(error: unknown, status: number): boolean {
  return error instanceof Error && 'oclif' in error && Reflect.get(Object(error.oclif), 'exit') === status;
}
