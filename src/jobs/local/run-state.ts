import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JobState } from '../job.js';
import type { ProcessIdentity } from '../process-table.js';
import { overwrite } from './overwrite.js';

export type Restart = 'never' | 'on-failure';

/** What a run's folder says of it. Times are epoch milliseconds. */
export interface RunState {
  readonly name: string;
  readonly id: string;
  readonly state: Exclude<JobState, 'lost'>;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly restart: Restart;
  readonly supervisor: ProcessIdentity;
  /** What runs; absent before the first start, and while it waits to be started again. */
  readonly process?: ProcessIdentity;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly exitStatus?: number;
  readonly restarts: number;
}

const FILE = 'state.json';
/** A state that is written in place, on a full disk, is seen half written for less than this. */
const PATIENCE = { times: 5, ms: 10 };

/**
 * Replaces a run's state at once. On a full disk it is written over the old one: no room is needed for that.
 * @throws a system error
 */
export function writeState(folder: string, state: RunState): void {
  const file = join(folder, FILE);
  const fresh = `${file}.new`;
  const text = `${JSON.stringify(state)}\n`;
  try {
    writeFileSync(fresh, text, { mode: 0o600 });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    if (!overwrite(file, text)) throw error;
  }
}

/** Undefined where there is none, or one that nobody can read. */
export async function readState(folder: string): Promise<RunState | undefined> {
  for (let tries = 1; ; tries++) {
    const text = textOf(join(folder, FILE));
    const state = text === undefined ? undefined : parseState(text);
    if (state !== undefined || text === undefined || tries === PATIENCE.times) return state;
    await pause(PATIENCE.ms);
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseState(text: string): RunState | undefined {
  try {
    const state: unknown = JSON.parse(text);
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is RunState {
  if (typeof value !== 'object' || value === null) return false;
  const state: Partial<Record<keyof RunState, unknown>> = value;
  return (
    [state.name, state.id, state.cwd].every((one) => typeof one === 'string') &&
    ['starting', 'running', 'exited', 'killed', 'failed'].includes(String(state.state)) &&
    ['never', 'on-failure'].includes(String(state.restart)) &&
    Array.isArray(state.command) &&
    state.command.every((one) => typeof one === 'string') &&
    isIdentity(state.supervisor) &&
    (state.process === undefined || isIdentity(state.process)) &&
    [state.startedAt, state.restarts].every((one) => typeof one === 'number') &&
    [state.endedAt, state.exitStatus].every((one) => one === undefined || typeof one === 'number')
  );
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isInteger(value.pid) &&
    'started' in value &&
    typeof value.started === 'string'
  );
}
