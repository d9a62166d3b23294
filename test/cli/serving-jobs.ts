import type { ChildProcess } from 'node:child_process';
import { type Ended, ended, start, until } from './run-freshet.js';

export const TOKEN = 'a-token-of-the-tests-alone';

/** A freshet that serves jobs, as a process of its own. */
export interface ServingJobs {
  readonly child: ChildProcess;
  /** http://127.0.0.1:PORT */
  readonly url: string;
  readonly said: () => string;
  readonly end: Promise<Ended>;
}

/** The environment of a machine of its own: its jobs are in `folder`. */
export function stateIn(folder: string, token: string | undefined = TOKEN): NodeJS.ProcessEnv {
  return { ...process.env, XDG_STATE_HOME: folder, FRESHET_TOKEN: token };
}

/** Starts `freshet serve` on a free port, and waits until it serves, or ends. */
export async function servingJobs(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = stateIn(folder),
): Promise<ServingJobs> {
  const child = start(['serve', '--listen', '127.0.0.1:0', ...args], { cwd: folder, env });
  process.once('exit', () => child.kill('SIGKILL'));
  child.stdin?.end();
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const end = ended(child);
  const url = (): string | undefined => /serving jobs at (http:[^\s"]+)/.exec(said)?.[1];
  await until('the address', () => url() !== undefined || child.exitCode !== null);
  return { child, url: url() ?? '', said: () => said, end };
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Asks with the token of the tests; with a body it is a POST. */
export async function ask(url: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: JSON.parse(await response.text()) };
}
