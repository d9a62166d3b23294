import { readdirSync, readFileSync } from 'node:fs';
import type { LiveProcess, ProcessTable } from './process-table.js';

/** Clock ticks a second in what the kernel tells (USER_HZ), the same on every architecture that Node runs on. */
const TICKS = 100;

let boot: string | undefined;

/** The processes as Linux tells them: proc_pid_stat(5). */
export const procTable: ProcessTable = {
  find: (pid) => read(pid),
  ofGroup: (group) =>
    readdirSync('/proc').flatMap((name) => {
      const found = /^\d+$/.test(name) ? read(Number(name)) : undefined;
      return found?.group === group ? [found] : [];
    }),
};

function read(pid: number): LiveProcess | undefined {
  const line = textOf(`/proc/${pid}/stat`);
  if (line === undefined) return undefined;
  // The command stands in parentheses, and may have some of its own.
  const [state, parent, group, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  if (state === 'X' || (state === 'Z' && !hasThreads(pid))) return undefined;
  const ticks = Number(rest[16]);
  boot ??= textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    started: `${boot}:${ticks}`,
    startedAt: Math.round(Date.now() - uptime() * 1000 + (ticks * 1000) / TICKS),
  };
}

/** A process whose first thread has ended looks as if it had ended itself. */
function hasThreads(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Seconds since the boot that start times are counted from. */
function uptime(): number {
  return Number(textOf('/proc/uptime')?.split(' ', 1)[0] ?? 0);
}

/** Undefined where it is gone, or goes while it is read (ESRCH). */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
