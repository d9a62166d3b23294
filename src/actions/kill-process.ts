import { type LiveProcess, processTable } from '../jobs/process-table.js';
import { SingleProcess } from '../jobs/single-process.js';
import { stopProcesses } from '../jobs/stop-processes.js';
import { UsageError } from '../records/errors.js';
import type { Action, Outcome } from './action.js';
import { outcomeOf } from './kill-job.js';

/** Stops the one process that had the pid when the monitor was started. */
export class KillProcess implements Action {
  readonly name: string;
  readonly #process: LiveProcess;
  readonly #grace: number;

  /** @throws UsageError */
  constructor(text: string, grace: number) {
    this.name = `kill pid:${text}`;
    this.#grace = grace;
    this.#process = found(text);
  }

  async targetStartedAt(): Promise<number | undefined> {
    return this.#process.startedAt;
  }

  async act(): Promise<Outcome> {
    const { pid } = this.#process;
    const named = { target: `pid:${pid}`, what: `process ${pid}` };
    return outcomeOf(await stopProcesses(named, new SingleProcess(this.#process), this.#grace));
  }
}

function found(text: string): LiveProcess {
  const pid = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  if (pid === 0) throw new UsageError(`--target pid:${text}: the number of a process is needed`);
  if (pid === 1) throw new UsageError('--target pid:1: process 1 runs all others, and is never stopped');
  if (pid === process.pid) throw new UsageError(`--target pid:${pid}: that is this monitor itself`);
  const live = processTable.find(pid);
  if (live !== undefined) return live;
  throw new UsageError(`--target pid:${pid}: there is no such process`);
}
