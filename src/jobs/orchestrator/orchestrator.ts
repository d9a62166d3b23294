import type { JobBackend, JobStatus, Stopped, Submission } from '../job.js';
import { JobRuns } from '../job-runs.js';
import type { Configuration } from './configuration.js';

/** Who asked for a kill, and why. */
export interface Asked {
  /** The address of the client. */
  readonly by: string;
  /** The ratio that was over its maximum; absent: a client asked for the kill itself. */
  readonly breach?: { readonly ratio: number; readonly maximum: number };
}

/** A kill that was asked for, and what came of it. */
export interface Kill extends Asked {
  readonly name: string;
  readonly stopped?: Stopped;
  /** Why it could not be done. */
  readonly problem?: string;
}

/** What came of a ratio. */
export interface Judged {
  readonly applicationName: string;
  readonly ratio: number;
  readonly maximum: number;
  readonly exceeded: boolean;
  /** Absent where nothing was to be stopped. */
  readonly kill?: Stopped;
  /** A sentence without a full stop. */
  readonly message: string;
}

/** Counts of what was done since the start. */
export interface Tally {
  readonly kills: Record<'asked' | 'breach', Record<Stopped['after'] | 'failed', number>>;
  /** The last ratio of each application. */
  readonly ratios: ReadonlyMap<string, { readonly ratio: number; readonly maximum: number }>;
}

export interface OrchestratorOptions {
  readonly backend: JobBackend;
  readonly configuration: Configuration;
  /** Milliseconds that a job may take to end by itself. */
  readonly grace: number;
  /** Told of every kill that was asked for, when it is over. */
  readonly audit: (kill: Kill) => void;
}

/** Runs, shows and stops the jobs of a backend, and stops those that fail too often. */
export class Orchestrator {
  readonly #options: OrchestratorOptions;
  readonly #ratios = new Map<string, { ratio: number; maximum: number }>();
  readonly #kills: Tally['kills'] = { asked: counters(), breach: counters() };
  /** By job: the kill that is under way, which all share who ask for it meanwhile. */
  readonly #killing = new Map<string, Promise<Stopped>>();

  constructor(options: OrchestratorOptions) {
    this.#options = options;
  }

  get tally(): Tally {
    return { kills: this.#kills, ratios: this.#ratios };
  }

  /** @returns undefined where a job of that name runs @throws UsageError, ServiceError */
  async submit(submission: Submission): Promise<JobStatus | undefined> {
    const { backend } = this.#options;
    try {
      return await backend.submit(submission);
    } catch (error) {
      if (error instanceof JobRuns) return undefined;
      throw error;
    }
  }

  list(): Promise<readonly JobStatus[]> {
    return this.#options.backend.list();
  }

  async status(name: string): Promise<JobStatus | undefined> {
    return this.#options.backend.status(name);
  }

  /** @returns undefined where there was no such job @throws ServiceError */
  async kill(name: string, asked: Asked): Promise<Stopped | undefined> {
    if ((await this.status(name)) === undefined) return undefined;
    const counts = this.#kills[asked.breach === undefined ? 'asked' : 'breach'];
    try {
      const stopped = await this.#killOnce(name);
      counts[stopped.after]++;
      this.#options.audit({ ...asked, name, stopped });
      return stopped;
    } catch (error) {
      counts.failed++;
      this.#options.audit({ ...asked, name, problem: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /**
   * Compares the share of an application's steps that failed with its maximum, and stops the application where it is
   * over that.
   * @returns undefined where there is no such application
   */
  async judge(name: string, ratio: number, by: string): Promise<Judged | undefined> {
    const { applications, maximum: fallback } = this.#options.configuration;
    const application = applications.get(name);
    const job = await this.status(name);
    if (application === undefined && job === undefined) return undefined;
    const maximum = application?.maximum ?? fallback;
    this.#ratios.set(name, { ratio, maximum });
    const exceeded = ratio > maximum;
    const judged = { applicationName: name, ratio, maximum, exceeded };
    if (!exceeded) return { ...judged, message: `${name} fails in ${ratio} of its steps, and may in ${maximum}` };
    const why = `${name} fails in ${ratio} of its steps, and may in ${maximum} at most`;
    if (!isRunning(job)) return { ...judged, message: `${why}: it is not running` };
    const kill = await this.kill(name, { by, breach: { ratio, maximum } });
    return kill === undefined ? { ...judged, message: why } : { ...judged, kill, message: `${why}: ${kill.message}` };
  }

  /** Resolves when no kill is under way. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#killing.values());
  }

  #killOnce(name: string): Promise<Stopped> {
    const { backend, grace } = this.#options;
    const running = this.#killing.get(name);
    if (running !== undefined) return running;
    const kill = backend.kill(name, grace).finally(() => this.#killing.delete(name));
    this.#killing.set(name, kill);
    return kill;
  }
}

function isRunning(job: JobStatus | undefined): boolean {
  return job?.state === 'running' || job?.state === 'starting';
}

function counters(): Record<Stopped['after'] | 'failed', number> {
  return { gone: 0, 'still there': 0, 'was gone before': 0, failed: 0 };
}
