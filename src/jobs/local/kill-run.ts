import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../../endpoints/system-error.js';
import type { Stopped } from '../job.js';
import { ProcessGroup } from '../process-group.js';
import { isAlive, type ProcessIdentity, processTable } from '../process-table.js';
import { SingleProcess } from '../single-process.js';
import { stopProcesses } from '../stop-processes.js';
import { killedWith, markKilled } from './kill-mark.js';
import type { Run } from './run-folders.js';
import { type RunState, readState, writeState } from './run-state.js';
import { isOver, statusOf } from './run-status.js';

/** How long a supervisor may take to see that its job is not wanted any more, and to write down what came of it. */
const HEARD_MS = 5000;
const LOOK_MS = 20;

/** Stops what runs of a job and everything in its group, and has its supervisor not start it again. */
export async function killRun({ folder, name, status, state: seen }: Run, grace: number): Promise<Stopped> {
  const target = `job:${name}`;
  const nothing = { target, signals: [], after: 'was gone before' as const };
  if (isOver(status) || seen === undefined) {
    const left = status.state === 'lost' && mayBeLeft(status.pid);
    const more = left ? `; processes of its group ${status.pid} may still run` : '';
    return { ...nothing, message: `job ${name} was not running (${status.state})${more}` };
  }
  mark(folder, seen, grace);
  // From here on the supervisor starts nothing that is not in the state that is read now.
  const state = await untilItRuns(folder, seen);
  if (state.process === undefined) {
    return { ...nothing, message: `job ${name} was waiting to be started, and is not started any more` };
  }
  const group = new ProcessGroup(state.process, { ours: isAlive(state.supervisor) });
  const size = group.size();
  const processes = `${size} ${size === 1 ? 'process' : 'processes'}`;
  const what = `job ${name} (process group ${state.process.pid}, ${processes})`;
  const stopped = await stopProcesses({ target, what }, group, grace);
  await settle(folder);
  return stopped;
}

/** Without its first process nobody can tell whether a group is still the one that the job had. */
function mayBeLeft(group: number | undefined): boolean {
  const members = group === undefined ? [] : processTable.ofGroup(group);
  return members.length > 0 && members.every(({ pid }) => pid !== group);
}

function mark(folder: string, { supervisor }: RunState, grace: number): void {
  try {
    markKilled(folder, grace);
  } catch {
    // There is no room for it. The supervisor takes TERM for the same.
    new SingleProcess(supervisor).send('SIGTERM');
  }
  wake(supervisor);
}

/** A supervisor that was stopped with its job (ctrl-Z) would neither hear nor write of its end. */
function wake(supervisor: ProcessIdentity): void {
  try {
    new SingleProcess(supervisor).send('SIGCONT');
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
    // It is somebody else's, and so is its job: what comes next says so.
  }
}

/** The state with a process in it, or the last one where it will have none. */
async function untilItRuns(folder: string, seen: RunState): Promise<RunState> {
  let state = seen;
  for (const until = performance.now() + HEARD_MS; performance.now() < until; await pause(LOOK_MS)) {
    state = (await readState(folder)) ?? state;
    if (state.process !== undefined || isOver(statusOf(state))) break;
  }
  return state;
}

/** Waits for the supervisor's last words, and says them in its place where it is gone. */
async function settle(folder: string): Promise<void> {
  for (const until = performance.now() + HEARD_MS; performance.now() < until; await pause(LOOK_MS)) {
    const state = await readState(folder);
    if (state === undefined || isOver(state)) return;
    if (isAlive(state.supervisor)) continue;
    // It may have written them as its last deed.
    const last = await readState(folder);
    if (last === undefined || isOver(last) || !isOver(statusOf(last)) || killedWith(folder) === undefined) return;
    try {
      writeState(folder, { ...last, state: 'killed', endedAt: Date.now() });
    } catch {
      // Then it is seen as lost, which is true as well.
    }
    return;
  }
}
