import * as Args from '@oclif/core/args';
import { duration } from '../../cli/flag-types.js';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { LocalJobs } from '../../jobs/local/local-jobs.js';
import { stateFolder } from '../../jobs/state-folder.js';
import { ServiceError } from '../../records/errors.js';

export default class JobKill extends FreshetCommand {
  static override summary = 'stop a job, with all that it started';
  static override description =
    'Sends TERM to the process group of the job, and KILL when some of it is left after --grace. It is not started again. A job that is not running is no error.';
  static override examples = ['<%= config.bin %> job kill parity', '<%= config.bin %> job kill parity --grace 0'];
  static override args = {
    name: Args.string({ ignoreStdin: true, required: true, description: "the job's name" }),
  };
  static override flags = {
    grace: duration({
      default: 10_000,
      defaultHelp: async () => '10s',
      description: 'how long it may take to end by itself',
    }),
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags, args } = await this.parse(JobKill);
    const jobs = new LocalJobs({ stateFolder: stateFolder(), commands: new Map() });
    const { after, message } = await jobs.kill(args.name, flags.grace);
    if (after === 'still there') throw new ServiceError(message);
    reporter.warn(message);
  }
}
