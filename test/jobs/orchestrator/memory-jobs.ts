import type { JobBackend, JobStatus, Stopped, Submission } from '../../../src/jobs/job.js';
import { JobRuns } from '../../../src/jobs/job-runs.js';
import { UsageError } from '../../../src/records/errors.js';

/** Jobs that run nothing. A kill takes until it is let go on. */
export class MemoryJobs implements JobBackend {
  readonly kills: string[] = [];
  /** What each kill waits for. */
  gate: Promise<void> = Promise.resolve();
  failure: Error | undefined;
  command: readonly string[] = ['true'];
  readonly #jobs = new Map<string, JobStatus>();

  constructor(readonly allowed: readonly string[]) {}

  async submit({ name, settings }: Submission): Promise<JobStatus> {
    if (this.failure !== undefined) throw this.failure;
    if (!this.allowed.includes(name)) throw new UsageError(`no job ${name} is allowed`, 'There are others.');
    const [unknown] = Object.keys(settings);
    if (unknown !== undefined) throw new UsageError(`job ${name} has no setting ${unknown}`);
    const before = this.#jobs.get(name);
    if (before?.state === 'running') throw new JobRuns(`job ${name} runs already`);
    const id = String(Number(before?.id ?? 0) + 1);
    const job: JobStatus = { name, id, state: 'running', command: this.command, pid: 1, startedAt: 0, restarts: 0 };
    this.#jobs.set(name, job);
    return job;
  }

  async list(): Promise<readonly JobStatus[]> {
    if (this.failure !== undefined) throw this.failure;
    return [...this.#jobs.values()];
  }

  async status(name: string): Promise<JobStatus | undefined> {
    return this.#jobs.get(name);
  }

  async kill(name: string): Promise<Stopped> {
    this.kills.push(name);
    await this.gate;
    const job = this.#jobs.get(name);
    if (job === undefined) throw new UsageError(`there is no job ${name}`);
    const after = job.state === 'running' ? 'gone' : 'was gone before';
    this.#jobs.set(name, { ...job, state: 'killed', endedAt: 1, exitStatus: 143 });
    return {
      target: `job:${name}`,
      signals: after === 'gone' ? ['SIGTERM'] : [],
      after,
      message: `job ${name}: ${after}`,
    };
  }
}
