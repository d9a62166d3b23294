import { join } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { writeOut } from '../../cli/write-out.js';
import { checkJobName } from '../../jobs/job-name.js';
import { startDetached } from '../../jobs/local/start-detached.js';
import { supervise } from '../../jobs/local/supervise.js';
import { stateFolder } from '../../jobs/state-folder.js';
import { UsageError } from '../../records/errors.js';

export default class JobRun extends FreshetCommand {
  static override summary = 'a command as a job with a name, which others can see and stop';
  static override description =
    "Runs a command in a process group of its own, and remembers it with its log in $XDG_STATE_HOME/freshet (else ~/.local/state/freshet). In the foreground its standard input and output are this command's, so that it can stand in a pipeline; what it says on standard error is shown, and kept in the log; ctrl-C goes to it; its exit status is this command's. Detached it has no input, and all that it prints is in the log. A name has one job at a time.";
  static override examples = [
    '<%= config.bin %> job run parity -- <%= config.bin %> transform parity --from tcp-listen:9999 --from-format tsv --to tcp:127.0.0.1:9902',
    '<%= config.bin %> job run daily --detach --restart on-failure -- <%= config.bin %> aggregate daily --from kafka:yt_raw_harvest --to kafka:yt_daily',
  ];
  static override args = {
    name: Args.string({ ignoreStdin: true, required: true, description: 'what it is called from now on' }),
    command: Args.string({ ignoreStdin: true, description: 'behind --: the command and its words' }),
  };
  static override flags = {
    detach: Flags.boolean({ char: 'd', description: 'start it, and leave it running when this command ends' }),
    restart: Flags.option({
      options: ['never', 'on-failure'] as const,
      default: 'never' as const,
      description:
        'on-failure: start it again when it ends with another status than 0 and nobody has stopped it, after 1 s, then 2 s, up to a minute',
    })(),
    supervise: Flags.string({ hidden: true, description: 'how --detach starts a supervisor: the folder of its state' }),
    ...generalFlags,
  };
  static override strict = false;
  static override usage = 'job run NAME [--restart on-failure] [--detach] -- CMD…';

  /** They are the job's. */
  protected override catchSignals(): void {}

  protected async work(reporter: Reporter): Promise<void> {
    // Before the flags are looked at, as those of a command without -- would be taken for freshet's.
    const at = this.argv.indexOf('--');
    const command = at < 0 ? [] : this.argv.slice(at + 1);
    if (command.length === 0) {
      throw new UsageError('there is no command to run', 'Write it behind --: freshet job run NAME -- CMD…');
    }
    const { flags, args } = await this.parse(JobRun);
    const { restart, supervise: folder = stateFolder() } = flags;
    const spec = { name: checkJobName(args.name), command, restart, cwd: process.cwd() };
    if (flags.detach) {
      const { name, pid } = await startDetached(spec, { stateFolder: folder });
      reporter.warn(`job ${name} runs as process ${pid}`);
      return;
    }
    const foreground = flags.supervise === undefined;
    process.exitCode = await supervise(spec, {
      jobsFolder: join(folder, 'jobs'),
      foreground,
      tell: foreground ? reporter.warn : () => {},
      onStart: (status) => {
        if (!foreground) void writeOut(`${JSON.stringify(status)}\n`).catch(() => {});
      },
    });
  }
}
