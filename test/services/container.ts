import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './server-process.js';

/** How a service is run in a container. */
export interface ContainerSpec {
  readonly image: string;
  /** Its port within. */
  readonly port: number;
  /** @param port the port of this machine that leads there */
  environment(port: number): Readonly<Record<string, string>>;
  /** What its log has once it takes clients. */
  readonly ready: RegExp;
  address(port: number): string;
}

const READY_WITHIN_MS = 120_000;

/** The first container engine that answers. */
export function containerEngine(): string | undefined {
  return ['docker', 'podman'].find((engine) => spawnSync(engine, ['info'], { stdio: 'ignore' }).status === 0);
}

/** Starts a container that removeContainer() ends with what it has written into the folder. */
export async function startContainer(engine: string, spec: ContainerSpec, folder: string): Promise<string> {
  const port = await freePort();
  const variables = Object.entries(spec.environment(port)).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const publish = ['--publish', `127.0.0.1:${port}:${spec.port}`];
  const id = run(engine, ['run', '--detach', '--rm', ...publish, ...variables, spec.image]).trim();
  writeFileSync(join(folder, 'service.container'), `${engine} ${id}`);
  const started = Date.now();
  while (!spec.ready.test(run(engine, ['logs', id]))) {
    if (Date.now() - started > READY_WITHIN_MS)
      throw new Error(`${spec.image} is not ready:\n${run(engine, ['logs', id])}`);
    await sleep(200);
  }
  return spec.address(port);
}

export function removeContainer(written: string): void {
  const [engine, id] = written.split(' ');
  spawnSync(engine, ['rm', '--force', '--volumes', id]);
}

/** What a command has printed on either stream. */
function run(engine: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(engine, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${engine} ${args[0]}: ${stderr}`);
  return args[0] === 'logs' ? stdout + stderr : stdout;
}
