import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { FreshetError, ServiceError, Status, UsageError } from '../../records/errors.js';
import type { JobStatus } from '../job.js';
import { JobRuns } from '../job-runs.js';
import { checkProgram } from './find-program.js';
import type { JobSpec } from './supervise.js';

/** How freshet is run: a program and its first words. */
export type Executable = readonly [string, ...string[]];

export interface DetachedOptions {
  readonly stateFolder: string;
  /** Besides this process' environment; undefined: without it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly executable?: Executable;
}

/**
 * Starts a supervisor that outlives this process, and waits until its job runs.
 * @throws what the supervisor has met: JobRuns where one of that name does
 */
export async function startDetached(spec: JobSpec, options: DetachedOptions): Promise<JobStatus> {
  const { name, command, restart, cwd } = spec;
  const { stateFolder, env, executable = thisFreshet() } = options;
  checkProgram(command[0] ?? '', cwd, env?.PATH);
  const [program, ...words] = executable;
  const flags = ['--restart', restart, '--supervise', stateFolder, '--log-format', 'json'];
  const child = spawn(program, [...words, 'job', 'run', name, ...flags, '--', ...command], {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    return await firstWords(child);
  } finally {
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
}

function thisFreshet(): Executable {
  return [process.execPath, process.argv[1] ?? ''];
}

/** The status that it prints when the job runs, or the error that it ends with. */
function firstWords(child: ChildProcess & { stdout: Readable; stderr: Readable }): Promise<JobStatus> {
  return new Promise((resolve, reject) => {
    let said = '';
    let wrong = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      wrong += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.endsWith('\n')) resolve(JSON.parse(said));
    });
    child.once('error', (error) => reject(new ServiceError(`freshet can't be started: ${error.message}`)));
    child.once('close', (status) => reject(errorOf(wrong, status)));
  });
}

/** The last line is `{"level":"error","message":…,"next":…,"code":…}`. */
function errorOf(said: string, status: number | null): FreshetError {
  const last = said.trimEnd().split('\n').at(-1) ?? '';
  try {
    const { message, next, code }: { message: unknown; next?: unknown; code?: unknown } = JSON.parse(last);
    const hint = typeof next === 'string' ? next : undefined;
    if (code === JobRuns.code) return new JobRuns(String(message), hint);
    if (status === Status.usage) return new UsageError(String(message), hint);
    return new FreshetError(String(message), status ?? Status.service, hint);
  } catch {
    return new ServiceError(`the supervisor ended before its job ran: ${last === '' ? `status ${status}` : last}`);
  }
}
