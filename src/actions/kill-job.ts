import { join } from 'node:path';
import type { Stopped } from '../jobs/job.js';
import { checkJobName } from '../jobs/job-name.js';
import { killRun } from '../jobs/local/kill-run.js';
import { type Run, RunFolders } from '../jobs/local/run-folders.js';
import { processTable } from '../jobs/process-table.js';
import { UsageError } from '../records/errors.js';
import type { Action, Alert, Outcome } from './action.js';
import type { KillOptions } from './kill-target.js';

/** Stops a job of this machine, with its group. */
export class KillJob implements Action {
  readonly name: string;
  readonly #job: string;
  readonly #grace: number;
  readonly #folders: RunFolders;

  private constructor(job: string, { grace, stateFolder }: KillOptions) {
    this.name = `kill job:${job}`;
    this.#job = checkJobName(job);
    this.#grace = grace;
    this.#folders = new RunFolders(join(stateFolder, 'jobs'));
  }

  /** @throws UsageError where it is the job that this process is a part of */
  static async of(job: string, options: KillOptions): Promise<KillJob> {
    const action = new KillJob(job, options);
    const run = await action.#folders.newest(job);
    if (run !== undefined && isOwn(run)) {
      throw new UsageError(
        `--target job:${job}: this monitor is a part of that job`,
        'Without --target, --kill stops the pipeline that the monitor stands in.',
      );
    }
    return action;
  }

  async targetStartedAt(): Promise<number | undefined> {
    return (await this.#folders.newest(this.#job))?.status.startedAt;
  }

  async act(alert: Alert): Promise<Outcome> {
    const run = await this.#folders.newest(this.#job);
    if (run === undefined) return { done: false, message: `there is no job ${this.#job}` };
    if (isOwn(run)) return { done: false, message: `this monitor is a part of job ${this.#job}` };
    // Another one may have taken its name since it was asked for.
    if (run.status.startedAt > alert.end) return { done: false, message: `job ${this.#job} was started after that` };
    return outcomeOf(await killRun(run, this.#grace));
  }
}

export function outcomeOf({ after, message }: Stopped): Outcome {
  return { done: after === 'gone', message };
}

function isOwn({ status }: Run): boolean {
  return status.pid !== undefined && status.pid === processTable.find(process.pid)?.group;
}
