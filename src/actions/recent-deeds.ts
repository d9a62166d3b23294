import type { Claim } from './acted.js';
import type { Alert } from './action.js';

/** What would have been done in this run: a dry run leaves nothing behind, and keeps to the cooldown as a real one. */
export class RecentDeeds {
  readonly #last = new Map<string, number>();
  readonly #cooldown: number;
  readonly #now: () => number;

  constructor({ cooldown, now }: { readonly cooldown: number; readonly now: () => number }) {
    this.#cooldown = cooldown;
    this.#now = now;
  }

  claim(action: string, { group }: Alert): Claim {
    const key = `${action}\n${group ?? ''}`;
    const since = this.#last.get(key) ?? Number.NEGATIVE_INFINITY;
    if (this.#now() - since < this.#cooldown) return { refused: { why: 'cooldown', since } };
    return { finish: () => void this.#last.set(key, this.#now()), giveUp: () => {} };
  }
}
