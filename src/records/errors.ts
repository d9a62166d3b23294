/** The documented exit statuses (README, "Exit statuses"). */
export const Status = {
  done: 0,
  bug: 1,
  usage: 2,
  data: 3,
  service: 4,
  breach: 5,
} as const;

/**
 * An error that the user can act on. The message is a sentence that says what was wrong and where;
 * `next` says what to do about it. The command line prints both, without a stack trace, and exits with `status`.
 */
export class FreshetError extends Error {
  /** What a program tells it by; absent where its status says enough. */
  readonly code?: string;

  constructor(
    message: string,
    readonly status: number,
    readonly next?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Wrong usage, or a path that can't be opened; found before anything is written. Exit status 2. */
export class UsageError extends FreshetError {
  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, Status.usage, next, options);
  }
}

/** Bad data under `--strict`, or more dead letters than `--max-dead`. Exit status 3. */
export class DataError extends FreshetError {
  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, Status.data, next, options);
  }
}

/** A service, a disk or a lock could not be had or kept, or a bound was reached. Exit status 4. */
export class ServiceError extends FreshetError {
  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, Status.service, next, options);
  }
}

/** A connection that records come over broke: what came before it is whole, and is flushed. Exit status 4. */
export class ConnectionCut extends ServiceError {}

/**
 * Another copy has stored rows of a partition since this one was told how far they are stored: nothing of this one's
 * was. It may begin anew behind them, if the partition is its own still. Exit status 4.
 */
export class Overtaken extends ServiceError {
  constructor(partition: string, table: string) {
    super(
      `another copy has stored rows of ${partition} in ${table} meanwhile`,
      'What was stored stands: run it again.',
    );
  }
}

/** The reader downstream went away (`| head -1`). Not a failure: exit status 0. */
export class ReaderGone extends Error {
  constructor() {
    super('the reader downstream went away');
    this.name = 'ReaderGone';
  }
}

/** A broken assumption inside freshet. Exit status 1. */
export function bug(message: string): never {
  throw new Error(message);
}
