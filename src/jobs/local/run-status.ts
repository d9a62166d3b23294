import type { JobStatus } from '../job.js';
import { isAlive } from '../process-table.js';
import type { RunState } from './run-state.js';

/** What is known of a run: what its supervisor has written, and where that one is gone, what can be seen. */
export function statusOf(state: RunState): JobStatus {
  const { name, id, command, startedAt, endedAt, exitStatus, restarts, process } = state;
  return {
    name,
    id,
    state: seen(state),
    command,
    startedAt,
    restarts,
    ...(process === undefined ? {} : { pid: process.pid }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(exitStatus === undefined ? {} : { exitStatus }),
  };
}

/** Whether no process of it is left, as far as can be seen. */
export function isOver({ state }: JobStatus): boolean {
  return state !== 'starting' && state !== 'running';
}

function seen({ state, supervisor, process }: RunState): JobStatus['state'] {
  if (state !== 'starting' && state !== 'running') return state;
  if (isAlive(supervisor)) return state;
  return process !== undefined && isAlive(process) ? 'running' : 'lost';
}
