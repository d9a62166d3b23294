import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ProcessGroup } from '../jobs/process-group.js';
import { processTable } from '../jobs/process-table.js';
import { stopProcesses } from '../jobs/stop-processes.js';
import { formatDuration } from '../records/time/duration.js';
import type { Action, Alert, Outcome } from './action.js';
import { alertJson } from './alert-json.js';
import { SaidLines } from './said-lines.js';
import { TimeLimit } from './time-limit.js';

const LIMIT_MS = 30_000;
const GRACE_MS = 2000;
/** What it has said last is read for so long at most: something that it left running may have its output. */
const LAST_WORDS_MS = 250;

export interface ExecOptions {
  /** Milliseconds that it may take. */
  readonly limit?: number;
  /** Told each line that it prints. */
  readonly tell: (sentence: string) => void;
}

/** Runs a command with sh, in a group of its own, with the alert on its standard input and without freshet's secrets. */
export class Exec implements Action {
  readonly name: string;
  readonly #command: string;
  readonly #limit: number;
  readonly #tell: (sentence: string) => void;

  constructor(command: string, { limit = LIMIT_MS, tell }: ExecOptions) {
    this.name = `exec ${command}`;
    this.#command = command;
    this.#limit = limit;
    this.#tell = tell;
  }

  async act(alert: Alert, aborted: AbortSignal): Promise<Outcome> {
    const env = { ...process.env, FRESHET_TOKEN: undefined, FRESHET_WEBHOOK_SECRET: undefined };
    const child = spawn('/bin/sh', ['-c', this.#command], { detached: true, stdio: 'pipe', env });
    const ended = endOf(child);
    // Without a process, as where no file may be opened any more, it has no input either.
    if (child.pid === undefined) return { done: false, message: `it could not be run: ${await ended}` };
    // It need not read all of it.
    child.stdin.on('error', () => {}).end(`${alertJson(alert)}\n`);
    const lines = new SaidLines((line) => this.#tell(`${this.name}: ${line}`), [child.stdout, child.stderr]);
    // It has not been waited for yet, so that this is the one.
    const found = processTable.find(child.pid);
    const limit = new TimeLimit(this.#limit, aborted);
    const status = await Promise.race([ended, limit.given()]);
    limit.clear();
    if (status === undefined && found !== undefined) {
      const group = new ProcessGroup(found, { ours: true });
      const { message } = await stopProcesses({ target: this.name, what: 'it' }, group, GRACE_MS);
      await lines.end(LAST_WORDS_MS);
      const why = limit.isUp ? `it took longer than ${formatDuration(this.#limit)}` : 'no time was left';
      return { done: false, message: `${why}: ${message}` };
    }
    await lines.end(LAST_WORDS_MS);
    if (typeof status === 'string') return { done: false, message: `it could not be run: ${status}` };
    return { done: status === 0, message: status === 0 ? 'it ended well' : `it ended with status ${status}` };
  }
}

/** Its exit status, as a shell tells it; or why there is none. */
function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, signal) => {
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
