import { procTable } from './proc-table.js';
import { psTable } from './ps-table.js';

/** A process that is alive: one that has ended and waits for its parent is none. */
export interface LiveProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its process group. */
  readonly group: number;
  /** When the kernel started it, with the boot where that is known: no two processes have the same pid and this. */
  readonly started: string;
  /** The same, epoch milliseconds, as exactly as the system tells it. */
  readonly startedAt: number;
}

/** What tells a process from every other that has, had or will have its pid. */
export type ProcessIdentity = Pick<LiveProcess, 'pid' | 'started'>;

/** The processes of this machine. */
export interface ProcessTable {
  find(pid: number): LiveProcess | undefined;
  ofGroup(group: number): readonly LiveProcess[];
}

/** Where the kernel has /proc it is read, elsewhere ps is asked. */
export const processTable: ProcessTable = process.platform === 'linux' ? procTable : psTable;

export function isAlive({ pid, started }: ProcessIdentity, table = processTable): boolean {
  return table.find(pid)?.started === started;
}

/** This process. */
export function ownIdentity(table = processTable): ProcessIdentity {
  const { pid, started } = table.find(process.pid) ?? { pid: process.pid, started: 'unknown' };
  return { pid, started };
}
