import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { writeOut } from '../../cli/write-out.js';
import { LocalJobs } from '../../jobs/local/local-jobs.js';
import { stateFolder } from '../../jobs/state-folder.js';
import { jobJson, renderJob } from '../../report/render-jobs.js';

export default class JobStatus extends FreshetCommand {
  static override summary = 'how far a job is';
  static override examples = ['<%= config.bin %> job status parity'];
  static override args = {
    name: Args.string({ ignoreStdin: true, required: true, description: "the job's name" }),
  };
  static override flags = {
    format: Flags.option({
      options: ['table', 'json'] as const,
      default: 'table' as const,
      description:
        'json: an object as in job list, and {supervised, folder}: whether somebody waits for its end, and where its state and log are',
    })(),
    ...generalFlags,
  };

  protected async work(): Promise<void> {
    const { flags, args } = await this.parse(JobStatus);
    const { status, folder, supervised } = await new LocalJobs({ stateFolder: stateFolder(), commands: new Map() }).run(
      args.name,
    );
    if (flags.format === 'table') await writeOut(renderJob(status, { folder, supervised }));
    else await writeOut(`${JSON.stringify({ ...jobJson(status), supervised, folder })}\n`);
  }
}
