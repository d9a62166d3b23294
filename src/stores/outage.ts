import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../records/errors.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

/** What work waits for, as words of a sentence. */
export interface Wait {
  /** `is away (no answer)` */
  readonly why: string;
  /** `it is back` */
  readonly until: string;
  /** `is back` */
  readonly over: string;
  /** Whether it is worth a line. */
  readonly isTold: boolean;
}

/** What is told of a server that is away: one line when the first session misses it, and one when all have it again. */
export class Outage {
  readonly #missing = new Set<unknown>();
  #since = 0;
  #over = '';

  constructor(
    readonly server: string,
    readonly tell: (sentence: string) => void = () => {},
  ) {}

  /** @param over what is told at its end: `is back` */
  begin(session: unknown, why: string, over: string): void {
    if (this.#missing.size === 0) {
      this.#since = Date.now();
      this.#over = over;
      this.tell(`${this.server} ${why}`);
    }
    this.#missing.add(session);
  }

  end(session: unknown): void {
    if (!this.#missing.delete(session) || this.#missing.size > 0) return;
    const seconds = Math.max(1, Math.round((Date.now() - this.#since) / 1000));
    this.tell(`${this.server} ${this.#over} after ${seconds} s`);
  }

  /**
   * Waits before work is tried again, and tells of it unless it is soon over. When the run is told to stop meanwhile, it
   * is tried at once, for the last time.
   * @param attempt how often it was tried again before
   * @throws ServiceError when the run was told to stop before
   */
  async wait(
    session: unknown,
    attempt: number,
    { why, until, over, isTold }: Wait,
    cause: unknown,
    stop: AbortSignal | undefined,
  ): Promise<void> {
    if (stop?.aborted) throw this.#givenUp(why, cause);
    if (isTold) this.begin(session, `${why}: trying again until ${until}`, over);
    await pauseBefore(attempt, stop);
  }

  /** The error of a run that is told to stop while it waits. @param why what it waits for: `is away (no answer)` */
  #givenUp(why: string, cause: unknown): ServiceError {
    return new ServiceError(
      `${this.server} ${why}, and freshet was told to stop: the last rows are not stored`,
      'What was committed so far stands: run it again.',
      { cause },
    );
  }
}

/** Waits before work is tried again, the longer the more often it was, and no longer once the run is told to stop. */
async function pauseBefore(attempt: number, stop: AbortSignal | undefined): Promise<void> {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
  await sleep(attempt === 0 ? pause / 10 : pause, undefined, stop === undefined ? {} : { signal: stop }).catch(
    (error: unknown) => {
      if (stop?.aborted !== true) throw error;
    },
  );
}
