import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { ServiceError } from '../../records/errors.js';
import { type ProcessIdentity, processTable } from '../process-table.js';
import { openPipe } from './named-pipe.js';

export interface Launch {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Standard input and output are this process' own. Else there is no input, and output is said as errors are. */
  readonly foreground: boolean;
  /** Where a pipe may have a name for a moment. */
  readonly folder: string;
}

export interface Launched {
  readonly identity: ProcessIdentity;
  /** What it says on standard error, and on standard output where it is not in the foreground. */
  readonly said: Socket;
  /** Has it begin. */
  go(): void;
  /** Has it end before it began. */
  dismiss(): void;
  /** Its exit status, as a shell tells it. */
  readonly ended: Promise<number>;
}

/** The shell waits for a word, and becomes the command. Where the supervisor dies there is none, and it ends. */
const GATE = 'read -r go <&3 && exec 3<&- "$@"';

/**
 * Makes the process of a job, the first of a session and group of its own, and holds it back until it is written down
 * which one it is: at no moment it runs and nobody knows.
 * @throws ServiceError
 */
export async function launch({ command, cwd, env, foreground, folder }: Launch): Promise<Launched> {
  const pipe = openPipe(folder);
  try {
    const say = pipe.writeEnd;
    const child = spawn('/bin/sh', ['-c', GATE, 'sh', ...command], {
      cwd,
      env,
      detached: true,
      stdio: [foreground ? 0 : 'ignore', foreground ? 1 : say, say, 'pipe'],
    });
    const ended = statusOf(child);
    const identity = await identityOf(child);
    const gate = child.stdio[3];
    if (gate === null || gate === undefined || !('write' in gate)) throw new Error('a job was started without a gate');
    // It may have been killed before it began.
    gate.on('error', () => {});
    return { identity, said: pipe.readEnd, go: () => gate.end('go\n'), dismiss: () => gate.end(), ended };
  } catch (error) {
    pipe.readEnd.destroy();
    throw error;
  } finally {
    closeSync(pipe.writeEnd);
  }
}

function identityOf(child: ChildProcess): Promise<ProcessIdentity> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new ServiceError(`no process can be started: ${error.message}`)));
    child.once('spawn', () => {
      const found = child.pid === undefined ? undefined : processTable.find(child.pid);
      if (found !== undefined) resolve({ pid: found.pid, started: found.started });
      else reject(new ServiceError('a process was killed as it was started'));
    });
  });
}

function statusOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (status, signal) => {
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
