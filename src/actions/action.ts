/** A breach that a monitor saw. */
export interface Alert {
  /** The same in every replay: of the monitor, the group and the window. */
  readonly id: string;
  /** The monitor's name. */
  readonly monitor: string;
  /** What it is about, as text: a cooldown is each group's own. Absent: the whole stream. */
  readonly group?: string;
  /** Of the window, or the time of the record; epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  /** Why it is a breach: a sentence without a full stop. */
  readonly reason: string;
  /** The row that the monitor gave for it, as one JSON object. */
  readonly json: string;
}

/** What an action did. */
export interface Outcome {
  /** False where it tried in vain, or found that nothing was to be done. */
  readonly done: boolean;
  /** A sentence without a full stop. */
  readonly message: string;
}

/**
 * What an alert sets off. It is called once for a breach, from outside of the pipeline's flow, and calls of one action
 * don't overlap. act() does not throw: what went wrong is in its outcome.
 */
export interface Action {
  /** What it does, as `--dry-run` tells it: `kill job:parity`. */
  readonly name: string;
  /** When its target started, epoch milliseconds: what was breached before is none of its. Absent, undefined: ever. */
  targetStartedAt?(): Promise<number | undefined>;
  /** @param aborted tells when no more time is left */
  act(alert: Alert, aborted: AbortSignal): Promise<Outcome>;
}

/** Takes the breaches of a run, and lets actions follow as they may. */
export interface Alarms {
  /** Takes a breach. It does not wait for what follows. */
  raise(alert: Alert): void;
  /** Resolves when everything that was to follow has been done, after the run. */
  settle(): Promise<void>;
}
