import { sentenceOf } from '../endpoints/system-error.js';
import { formatDuration } from '../records/time/duration.js';
import type { Claim } from './acted.js';
import type { Action, Alert, Outcome } from './action.js';
import type { Tally } from './tally.js';

/** Breaches that wait for one action; with a cooldown only the first of them matters. */
const MOST_WAITING = 1000;

export interface LaneOptions {
  /** Whether the action may follow, and that it does, written down. */
  readonly claim: (action: string, alert: Alert) => Claim;
  readonly isOld: (alert: Alert) => boolean;
  readonly aborted: AbortSignal;
  readonly dryRun: boolean;
  readonly tell: (sentence: string) => void;
  readonly tally: Tally;
  readonly now: () => number;
}

/** One action, and the breaches that wait for it, one after the other. */
export class Lane {
  readonly #action: Action;
  readonly #options: LaneOptions;
  readonly #waiting: Alert[] = [];
  #work: Promise<void> | undefined;

  constructor(action: Action, options: LaneOptions) {
    this.#action = action;
    this.#options = options;
  }

  offer(alert: Alert): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#options.tally.add(`${this.#action.name}: not done, as ${MOST_WAITING} breaches wait for it`);
      return;
    }
    this.#waiting.push(alert);
    this.#work ??= this.#go();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#work;
  }

  async #go(): Promise<void> {
    // Not within the call that brought it.
    await null;
    for (let alert = this.#waiting.shift(); alert !== undefined; alert = this.#waiting.shift()) {
      await this.#follow(alert).catch((error: unknown) => {
        this.#options.tell(`${this.#action.name} was not done: ${failure(error).message}`);
      });
    }
    this.#work = undefined;
  }

  async #follow(alert: Alert): Promise<void> {
    const { aborted, isOld, tally, now } = this.#options;
    const { name } = this.#action;
    if (aborted.aborted) return tally.add(`${name}: not done, as no time was left`);
    if (isOld(alert)) return tally.add(`${name}: not done, as the breach was too old when its turn came`);
    const started = await this.#action.targetStartedAt?.();
    if (started !== undefined && alert.end < started) {
      return tally.add(`${name}: not done, as the breach was over before the target started`);
    }
    const claim = this.#claim(alert);
    if (claim !== undefined && 'refused' in claim) {
      const { refused } = claim;
      if (refused.why === 'done') return tally.add(`${name}: not done, as an earlier run did it for the same breach`);
      if (refused.why === 'held') return tally.add(`${name}: not done, as another run is at it for the same breach`);
      const ago = formatDuration(Math.max(0, Math.round((now() - refused.since) / 1000) * 1000));
      return tally.add(
        `${name}: not done, as it was done ${ago} ago (--cooldown)`,
        `${name}: not done, for the cooldown`,
      );
    }
    await this.#act(alert, claim);
  }

  async #act(alert: Alert, claim: Exclude<Claim, { refused: unknown }> | undefined): Promise<void> {
    const { aborted, dryRun, tell } = this.#options;
    const { name } = this.#action;
    if (dryRun) {
      claim?.finish();
      tell(`dry run: would ${name}: ${alert.reason}`);
      return;
    }
    const { done, message } = await this.#action.act(alert, aborted).catch(failure);
    tell(`${name}${done ? '' : ' was not done'}: ${message} (${alert.reason})`);
    try {
      if (done) claim?.finish();
      else claim?.giveUp();
    } catch (error) {
      this.#forgetful(error);
    }
  }

  /** Undefined where it can't be written down: better twice than not at all. */
  #claim(alert: Alert): Claim | undefined {
    try {
      return this.#options.claim(this.#action.name, alert);
    } catch (error) {
      this.#forgetful(error);
      return undefined;
    }
  }

  #forgetful(error: unknown): void {
    const { tally } = this.#options;
    tally.add(`what was done can't be written down, and may be done again after a restart: ${sentenceOf(error)}`);
  }
}

/** An action's promise is not to throw; what it throws all the same ends no run. */
function failure(error: unknown): Outcome {
  return { done: false, message: error instanceof Error ? error.message : String(error) };
}
