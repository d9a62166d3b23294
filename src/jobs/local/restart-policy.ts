import type { Restart } from './run-state.js';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** A job that ran for so long has started well: the pauses begin anew. */
const WELL_MS = 60_000;

/** It can't be run, which another try does not change (a shell's 126 and 127). */
const NOT_RUNNABLE = [126, 127];
/** Somebody stopped it, or its reader went away: HUP, INT, PIPE, TERM. */
const STOPPED = [129, 130, 141, 143];

/** Whether an end with this status, as a shell tells it, is one to start again after. */
export function isFailure(status: number): boolean {
  return status !== 0 && !NOT_RUNNABLE.includes(status) && !STOPPED.includes(status);
}

/** When a job is started again: at once it would take the machine for itself. It is never given up. */
export class RestartPolicy {
  readonly #restart: Restart;
  #pause = FIRST_PAUSE_MS;

  constructor(restart: Restart) {
    this.#restart = restart;
  }

  /** @param ran milliseconds @returns the pause before the next start in milliseconds; undefined where it is over */
  pauseAfter(status: number, ran: number): number | undefined {
    if (this.#restart === 'never' || !isFailure(status)) return undefined;
    if (ran >= WELL_MS) this.#pause = FIRST_PAUSE_MS;
    const pause = this.#pause;
    this.#pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    return pause;
  }
}
