import { codeOf } from '../../endpoints/system-error.js';
import type { Stoppable } from '../stop-processes.js';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** USR1 is Node's own. */
const OTHERS = ['SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const;
type Signal = (typeof STOPPING)[number] | (typeof OTHERS)[number] | 'SIGTSTP';

/** A job has a session of its own, where a terminal's signals don't come to: what comes here is passed on to it. */
export class PassedSignals {
  /** The first that asked for an end. */
  asked: NodeJS.Signals | undefined;
  /** Whom they are for now. */
  group: Pick<Stoppable, 'send'> | undefined;
  readonly #refused: () => void;
  #isRefused = false;
  readonly #listeners = new Map<Signal, () => void>();

  /** @param refused told once, where they are for somebody else's processes */
  constructor(refused: () => void) {
    this.#refused = refused;
    for (const signal of STOPPING) {
      this.#on(signal, () => {
        this.asked ??= signal;
        this.#pass(signal);
      });
    }
    for (const signal of OTHERS) this.#on(signal, () => this.#pass(signal));
    // ctrl-Z. A group whose session has no terminal does not heed TSTP.
    this.#on('SIGTSTP', () => {
      this.#pass('SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    });
  }

  close(): void {
    for (const [signal, listener] of this.#listeners) process.off(signal, listener);
  }

  #pass(signal: NodeJS.Signals): void {
    try {
      this.group?.send(signal);
    } catch (error) {
      if (codeOf(error) !== 'EPERM') throw error;
      if (!this.#isRefused) this.#refused();
      this.#isRefused = true;
    }
  }

  #on(signal: Signal, listener: () => void): void {
    this.#listeners.set(signal, listener);
    process.on(signal, listener);
  }
}
