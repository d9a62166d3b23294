import { setTimeout as pause } from 'node:timers/promises';
import { formatDuration } from '../records/time/duration.js';
import type { Stopped } from './job.js';

/** Processes that can be asked to end. */
export interface Stoppable {
  alive(): boolean;
  /** Does nothing where they are gone. @throws a system error where they are somebody else's */
  send(signal: NodeJS.Signals): void;
}

const LOOK_MS = 20;
/** What is killed is gone at once, unless the kernel waits for a disk. */
const AFTER_KILL_MS = 5000;

/**
 * TERM, and after `grace` milliseconds KILL.
 * @param target as the user named it @param what what it is, for the sentence: `process 4711`
 */
export async function stopProcesses(
  { target, what }: { readonly target: string; readonly what: string },
  processes: Stoppable,
  grace: number,
): Promise<Stopped> {
  const signals: NodeJS.Signals[] = [];
  const tell = (after: Stopped['after'], message: string): Stopped => ({ target, signals, after, message });
  if (!processes.alive()) return tell('was gone before', `${what} was gone before`);
  try {
    processes.send('SIGTERM');
    signals.push('SIGTERM');
    // One that is paused would not hear of it.
    processes.send('SIGCONT');
    if (await goneWithin(processes, grace)) return tell('gone', `${what} got SIGTERM and is gone`);
    processes.send('SIGKILL');
    signals.push('SIGKILL');
    const waited = `${what} got SIGTERM, after ${formatDuration(grace)} SIGKILL, and`;
    if (await goneWithin(processes, AFTER_KILL_MS)) return tell('gone', `${waited} is gone`);
    return tell('still there', `${waited} is still there`);
  } catch (error) {
    // It may be gone between two signals.
    const got = signals.length === 0 ? '' : ` got ${signals.join(' and ')} and`;
    if (!processes.alive()) return tell('gone', `${what}${got} is gone`);
    const why = error instanceof Error && 'code' in error && error.code === 'EPERM' ? "somebody else's" : String(error);
    return tell('still there', `${what} could not be stopped: it is ${why}`);
  }
}

/** Waits for their end. @returns whether it came within `most` milliseconds */
export async function goneWithin(processes: Pick<Stoppable, 'alive'>, most: number): Promise<boolean> {
  const until = performance.now() + most;
  while (processes.alive()) {
    const left = until - performance.now();
    if (left <= 0) return false;
    await pause(Math.min(LOOK_MS, left));
  }
  return true;
}
