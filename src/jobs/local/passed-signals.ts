import type { ProcessGroup } from '../process-group.js';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** USR1 is Node's own. */
const OTHERS = ['SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const;
type Signal = (typeof STOPPING)[number] | (typeof OTHERS)[number] | 'SIGTSTP';

/** A job has a session of its own, where a terminal's signals don't come to: what comes here is passed on to it. */
export class PassedSignals {
  /** The first that asked for an end. */
  asked: NodeJS.Signals | undefined;
  /** Whom they are for now. */
  group: ProcessGroup | undefined;
  readonly #listeners = new Map<Signal, () => void>();

  constructor() {
    for (const signal of STOPPING) {
      this.#on(signal, () => {
        this.asked ??= signal;
        this.group?.send(signal);
      });
    }
    for (const signal of OTHERS) this.#on(signal, () => this.group?.send(signal));
    // ctrl-Z. A group whose session has no terminal does not heed TSTP.
    this.#on('SIGTSTP', () => {
      this.group?.send('SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    });
  }

  close(): void {
    for (const [signal, listener] of this.#listeners) process.off(signal, listener);
  }

  #on(signal: Signal, listener: () => void): void {
    this.#listeners.set(signal, listener);
    process.on(signal, listener);
  }
}
