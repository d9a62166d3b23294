import type { JobStatus } from '../job.js';
import { ownIdentity } from '../process-table.js';
import { checkProgram } from './find-program.js';
import { RunFolders } from './run-folders.js';
import type { Restart, RunState } from './run-state.js';
import { Supervisor } from './supervisor.js';

export interface JobSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly restart: Restart;
  readonly cwd: string;
}

export interface Surroundings {
  /** Where the folders of all jobs are. */
  readonly jobsFolder: string;
  /** The job has this process' standard input and output, and its standard error besides the log. */
  readonly foreground: boolean;
  /** Tells a sentence of the supervisor to who has started it. */
  readonly tell: (sentence: string) => void;
  /** Told when the job runs for the first time. */
  readonly onStart?: (status: JobStatus) => void;
}

/**
 * Runs a job to its end, again and again where it is to be restarted, and writes down how far it is.
 * @returns its exit status, as a shell tells it
 * @throws UsageError where it can't be run, JobRuns where one of its name does, ServiceError where its state can't be written
 */
export async function supervise(spec: JobSpec, surroundings: Surroundings): Promise<number> {
  checkProgram(spec.command[0] ?? '', spec.cwd);
  const folders = new RunFolders(surroundings.jobsFolder);
  const first = (id: string): RunState => ({
    ...spec,
    id,
    state: 'starting',
    supervisor: ownIdentity(),
    startedAt: Date.now(),
    restarts: 0,
  });
  const { folder, id } = await folders.claim(spec.name, first);
  return new Supervisor(folder, first(id), surroundings).run();
}
