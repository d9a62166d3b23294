import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends a server, and removes its folder, when the process that it was started for is gone, whatever ended that. */
const WATCH =
  'while kill -0 "$1" 2> /dev/null; do kill -0 "$2" 2> /dev/null || exit 0; sleep 1; done; kill -9 "$2"; sleep 1; rm -rf "$3"; rmdir "$(dirname "$3")" 2> /dev/null';

/** A server that runs beside the tests. `folder` gets NAME.log, and NAME.pid while it should run. */
export class ServerProcess {
  private constructor(
    readonly name: string,
    readonly folder: string,
    readonly pid: number,
  ) {}

  /** @param owner the process that it must not outlive */
  static start(
    name: string,
    folder: string,
    owner: number,
    [command, ...args]: readonly [string, ...string[]],
  ): ServerProcess {
    const log = openSync(join(folder, `${name}.log`), 'w');
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${command} can't be started`);
    // Nobody waits for it here: whether it runs is asked of the system.
    child.on('error', () => {});
    child.unref();
    writeFileSync(join(folder, `${name}.pid`), `${pid}`);
    const watch = spawn('sh', ['-c', WATCH, 'sh', `${owner}`, `${pid}`, folder], { stdio: 'ignore', detached: true });
    watch.unref();
    return new ServerProcess(name, folder, pid);
  }

  /** Resolves when `holds` does. @throws Error with the end of its log when it has ended before */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      if (!isRunning(this.pid)) throw new Error(`${this.name} has ended:\n${this.log().slice(-4000)}`);
      await sleep(50);
    }
  }

  /** Resolves when it has ended, whatever ended it. */
  async ended(): Promise<void> {
    while (isRunning(this.pid)) await sleep(50);
  }

  log(): string {
    return readFileSync(join(this.folder, `${this.name}.log`), 'utf8');
  }

  /** Sends a signal that ends it, and resolves when it has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    rmSync(join(this.folder, `${this.name}.pid`), { force: true });
    await endProcess(this.pid, signal);
  }
}

/** Resolves when the process has ended; one that takes no heed of SIGTERM for 30 seconds is killed. */
export async function endProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const started = Date.now();
  let next: NodeJS.Signals = signal;
  while (isRunning(pid)) {
    if (next !== 'SIGCONT') process.kill(pid, next);
    next = Date.now() - started > 30_000 ? 'SIGKILL' : 'SIGCONT';
    await sleep(20);
  }
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

/** False also of one that has ended and that its parent has not asked about. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Where there is no /proc the signal has told.
    return true;
  }
}
