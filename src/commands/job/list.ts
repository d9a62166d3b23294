import * as Flags from '@oclif/core/flags';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { writeOut } from '../../cli/write-out.js';
import { LocalJobs } from '../../jobs/local/local-jobs.js';
import { stateFolder } from '../../jobs/state-folder.js';
import { jobsJson, renderJobs } from '../../report/render-jobs.js';

export default class JobList extends FreshetCommand {
  static override summary = 'the jobs of this machine, with the last run of each';
  static override description =
    'States: starting, running, exited (with status 0), failed (with another one), killed (somebody stopped it), lost (its supervisor and it are gone, and nobody saw how).';
  static override examples = ['<%= config.bin %> job list', '<%= config.bin %> job list --format json'];
  static override flags = {
    format: Flags.option({
      options: ['table', 'json'] as const,
      default: 'table' as const,
      description: 'json: an array of {name, id, state, pid, startedAt, endedAt, command, exitStatus, restarts}',
    })(),
    ...generalFlags,
  };

  protected async work(): Promise<void> {
    const { flags } = await this.parse(JobList);
    const jobs = await new LocalJobs({ stateFolder: stateFolder(), commands: new Map() }).list();
    await writeOut(flags.format === 'table' ? renderJobs(jobs) : jobsJson(jobs));
  }
}
