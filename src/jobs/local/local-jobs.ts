import { join } from 'node:path';
import { UsageError } from '../../records/errors.js';
import { nearestName } from '../../records/nearest-name.js';
import type { JobBackend, JobStatus, Stopped, Submission } from '../job.js';
import { checkJobName } from '../job-name.js';
import { type AllowedCommand, checkAllowed, filledIn } from './allowed-command.js';
import { killRun } from './kill-run.js';
import { readLog } from './read-log.js';
import { type Run, RunFolders } from './run-folders.js';
import { isOver } from './run-status.js';
import { type Executable, startDetached } from './start-detached.js';

export interface LocalJobsOptions {
  /** Of freshet; the jobs are in its folder jobs/. */
  readonly stateFolder: string;
  /** What may be submitted, by name. */
  readonly commands: ReadonlyMap<string, AllowedCommand>;
  /** How freshet is run to supervise a job: as this process, unless given. */
  readonly executable?: Executable;
}

/**
 * Jobs of this machine: each a process group with a supervisor of its own, that outlives who has started it. Nothing is
 * kept here: any number of these may look at the same folder, in one process or several.
 */
export class LocalJobs implements JobBackend {
  readonly #options: LocalJobsOptions;
  readonly #folders: RunFolders;

  /** @throws UsageError where an allowed command can't be run as it is written */
  constructor(options: LocalJobsOptions) {
    for (const [name, allowed] of options.commands) checkAllowed(name, allowed);
    this.#options = options;
    this.#folders = new RunFolders(join(options.stateFolder, 'jobs'));
  }

  async submit({ name, settings }: Submission): Promise<JobStatus> {
    const allowed = this.#options.commands.get(checkJobName(name));
    if (allowed === undefined) {
      const names = [...this.#options.commands.keys()].join(', ');
      throw new UsageError(`no job ${name} is allowed`, names === '' ? undefined : `There are ${names}.`);
    }
    const { restart = 'never', env, cwd = process.cwd() } = allowed;
    const command = filledIn(name, allowed, settings);
    const { stateFolder, executable } = this.#options;
    // The token is for those who may stop and start jobs, which a job itself is not unless it is told.
    const given = { FRESHET_TOKEN: undefined, ...env };
    return startDetached({ name, command, restart, cwd }, { stateFolder, executable, env: given });
  }

  async list(): Promise<readonly JobStatus[]> {
    const all = await Promise.all(this.#folders.names().map((name) => this.status(name)));
    return all.flatMap((one) => (one === undefined ? [] : [one]));
  }

  async status(name: string): Promise<JobStatus | undefined> {
    return (await this.#folders.newest(checkJobName(name)))?.status;
  }

  async kill(name: string, grace: number): Promise<Stopped> {
    return killRun(await this.run(name), grace);
  }

  /**
   * What the last run of a job has said, on standard error and where it is detached on standard output.
   * @param follow asked when all of it has been read: whether to wait for more. There is none when the job is over
   * @throws UsageError where there was none of that name
   */
  async *logs(name: string, follow: () => boolean): AsyncGenerator<Uint8Array> {
    const { folder, status } = await this.run(name);
    yield* readLog(folder, async () => {
      if (!follow()) return false;
      const now = await this.status(name);
      return now?.id === status.id && !isOver(now);
    });
  }

  /** The last run of a job, and the folder of its state and log. @throws UsageError where there was none of that name */
  async run(name: string): Promise<Run> {
    const run = await this.#folders.newest(checkJobName(name));
    if (run !== undefined) return run;
    const nearest = nearestName(name, this.#folders.names());
    throw new UsageError(
      `there is no job ${name}`,
      nearest === undefined ? 'See freshet job list.' : `Did you mean ${nearest}?`,
    );
  }
}
