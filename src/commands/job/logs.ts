import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { openStandardOutput } from '../../cli/write-out.js';
import { LocalJobs } from '../../jobs/local/local-jobs.js';
import { stateFolder } from '../../jobs/state-folder.js';

export default class JobLogs extends FreshetCommand {
  static override summary = 'what a job has said';
  static override description =
    'Prints the log of the last run: standard error, and of a detached job standard output, too. The last 8 to 16 MB are kept.';
  static override examples = ['<%= config.bin %> job logs parity', '<%= config.bin %> job logs -f parity'];
  static override args = {
    name: Args.string({ ignoreStdin: true, required: true, description: "the job's name" }),
  };
  static override flags = {
    follow: Flags.boolean({ char: 'f', description: 'wait for more, until the job is over' }),
    ...generalFlags,
  };

  protected async work(): Promise<void> {
    const { flags, args } = await this.parse(JobLogs);
    const jobs = new LocalJobs({ stateFolder: stateFolder(), commands: new Map() });
    const out = openStandardOutput();
    const until = (): boolean => flags.follow && this.stop.requested === undefined;
    for await (const bytes of jobs.logs(args.name, until)) await out.write(bytes);
    await out.flush();
  }
}
