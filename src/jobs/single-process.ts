import { isAlive, type ProcessIdentity } from './process-table.js';
import type { Stoppable } from './stop-processes.js';

/** One process, and no other that may get its pid. */
export class SingleProcess implements Stoppable {
  readonly #identity: ProcessIdentity;

  constructor(identity: ProcessIdentity) {
    this.#identity = identity;
  }

  alive(): boolean {
    return isAlive(this.#identity);
  }

  send(signal: NodeJS.Signals): void {
    if (!this.alive()) return;
    try {
      process.kill(this.#identity.pid, signal);
    } catch (error) {
      // It may have ended just now.
      if (this.alive()) throw error;
    }
  }
}
