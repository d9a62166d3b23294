import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { type Ended, ended, start, until } from './run-freshet.js';

/** A freshet that takes events, as a process of its own. */
export interface TakingEvents {
  readonly child: ChildProcess;
  /** Of the server: http://127.0.0.1:PORT. */
  readonly url: string;
  /** What it has said on standard error. */
  readonly said: () => string;
  readonly end: Promise<Ended>;
  /** Ends it as ctrl-C does. */
  stop(): Promise<Ended>;
}

/** Starts `freshet produce events` on a free port, and waits until it listens. */
export async function takingEvents(args: readonly string[], options: SpawnOptions = {}): Promise<TakingEvents> {
  const child = start(['produce', 'events', '--listen', '127.0.0.1:0', ...args], options);
  // A test that fails may leave it.
  process.once('exit', () => child.kill('SIGKILL'));
  child.stdin?.end();
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const end = ended(child);
  const address = (): string | undefined => /taking events at (http:\S+)\/api\/events/.exec(said)?.[1];
  await until('the address', () => address() !== undefined || child.exitCode !== null);
  return {
    child,
    url: address() ?? said,
    said: () => said,
    end,
    stop: () => {
      child.kill('SIGINT');
      return end;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** Posts a body of a type. */
export async function post(url: string, body: string | Uint8Array, type = 'application/json'): Promise<Answer> {
  return answerOf(await fetch(`${url}/api/events`, { method: 'POST', body, headers: { 'content-type': type } }));
}

export async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, body: text === '' ? {} : JSON.parse(text) };
}
