import { type ProcessIdentity, type ProcessTable, processTable } from './process-table.js';
import type { Stoppable } from './stop-processes.js';

/**
 * A process group whose first process was started at a known time. While one of its processes lives no other process
 * gets the group's number, so that it stays ours from the moment when that first process was seen until it is empty.
 */
export class ProcessGroup implements Stoppable {
  readonly #leader: ProcessIdentity;
  readonly #table: ProcessTable;
  #ours: boolean;

  /** @param ours its first process was ours to wait for, and has ended just now */
  constructor(leader: ProcessIdentity, { ours = false, table = processTable } = {}) {
    this.#leader = leader;
    this.#ours = ours;
    this.#table = table;
  }

  /** How many processes are in it; 0 where it is none of ours (any more). */
  size(): number {
    const { pid, started } = this.#leader;
    const members = exists(-pid) ? this.#table.ofGroup(pid) : [];
    const leader = members.find((one) => one.pid === pid);
    // Without its first process, as that may have ended before the others.
    this.#ours = leader === undefined ? this.#ours && members.length > 0 : leader.started === started;
    return this.#ours ? members.length : 0;
  }

  alive(): boolean {
    return this.size() > 0;
  }

  send(signal: NodeJS.Signals): void {
    if (!this.alive()) return;
    try {
      process.kill(-this.#leader.pid, signal);
    } catch (error) {
      // It may have ended just now.
      if (this.alive()) throw error;
    }
  }
}

/** Whether there is a process, or with a negative number a group: also one that only waits for its parent. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
