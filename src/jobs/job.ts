/** How far a job is: `lost` where its supervisor is gone and nobody knows how it ended. */
export type JobState = 'starting' | 'running' | 'exited' | 'killed' | 'failed' | 'lost';

/** What is known of the last run of a job. */
export interface JobStatus {
  readonly name: string;
  /** Of this run: another one of the same name has another. */
  readonly id: string;
  readonly state: JobState;
  /** What it runs: the command and its words. */
  readonly command: readonly string[];
  /** The process that was started last; absent where there is none (yet, or behind another interface). */
  readonly pid?: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** As a shell tells it: of a process that a signal ended, 128 and the signal's number. */
  readonly exitStatus?: number;
  /** How often it was started again. */
  readonly restarts: number;
}

/** What became of what was to be stopped. */
export interface Stopped {
  /** What was meant, as the user named it: `job:parity`, `pid:4711`. */
  readonly target: string;
  /** The signals that were sent, in their order; none where there was nothing to stop. */
  readonly signals: readonly string[];
  /** What was seen afterwards. */
  readonly after: 'gone' | 'still there' | 'was gone before';
  /** All of it as a sentence without a full stop. */
  readonly message: string;
}

/** What is asked to be run: a name, and what the backend needs to know of it. */
export interface Submission {
  readonly name: string;
  /** Settings by name, as an HTTP client gives them. A backend takes those it knows, and refuses others. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Where jobs run. A name has one job at a time; the last one is remembered when it is over. Calls may overlap.
 * Errors: UsageError for what can't be run as it was asked for, ServiceError where the backend is out of reach.
 */
export interface JobBackend {
  /** Starts a job, and resolves when it runs. @throws JobRuns where one of that name does */
  submit(submission: Submission): Promise<JobStatus>;
  list(): Promise<readonly JobStatus[]>;
  /** Undefined: there was none of that name. */
  status(name: string): Promise<JobStatus | undefined>;
  /**
   * Stops a job and all that it started, and does not start it again: asks first, and after `grace` milliseconds ends
   * it. Resolves when it has seen what came of it. @throws UsageError where there was none of that name
   */
  kill(name: string, grace: number): Promise<Stopped>;
}
