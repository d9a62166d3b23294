/** Why an event is not taken. */
export interface EventProblem {
  /** Its place in the array, or among the events of its line, from 1; absent of a line that holds none. */
  readonly event?: number;
  /** The line, from 1, of a body of lines. */
  readonly line?: number;
  /** A sentence without a full stop. */
  readonly reason: string;
}

/** What came of a request's events. */
export type Outcome =
  /** All of them are safe in the sinks. */
  | { readonly kind: 'taken'; readonly events: number }
  /** Some don't fit, and none was taken. */
  | { readonly kind: 'unfit'; readonly problems: readonly EventProblem[] }
  /** They were taken, and a sink would not have some of them. */
  | { readonly kind: 'refused'; readonly reasons: readonly string[] };

/** A request's events on their way. */
export interface Offer {
  readonly outcome: Promise<Outcome>;
  /** Takes them back; false where they are with the sinks already. */
  withdraw(): boolean;
}

/** Who takes events. */
export interface EventIntake {
  /** @param lines JSON lines, each an event or an array of them, the last with its line feed; they are the intake's */
  offer(lines: Uint8Array): Offer;
  /** When it gave the sinks what they have not answered for, as of performance.now(). */
  readonly waitingSince: number | undefined;
}
