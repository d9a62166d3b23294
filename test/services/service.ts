import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ContainerSpec, containerEngine, startContainer } from './container.js';
import { runFolder, runOwner } from './run-folder.js';

/** A kind of server that tests need. */
export interface Service {
  readonly name: string;
  /** The environment variable that gives the address of one that is there: it is taken as it is. */
  readonly variable: string;
  readonly container: ContainerSpec;
  /** What this machine lacks to start one from what is installed; undefined where it has all. */
  readonly missing: () => string | undefined;
  /** Starts one in an empty folder. @param owner the process that it must not outlive. @returns its address */
  readonly start: (folder: string, owner: number) => Promise<string>;
}

/**
 * The address of a service that all tests of this run share: the one that its variable names, else one in a container,
 * else one started from what is installed. It is started when it is first asked for, and ended with the run. Undefined,
 * after a line that says so, where it can't be had: tests that need it are to be skipped then.
 * @throws Error in place of that with CI=true
 */
export async function service(wanted: Service): Promise<string | undefined> {
  const given = process.env[wanted.variable];
  if (given !== undefined && given !== '') return given;
  const engine = containerEngine();
  const missing = engine === undefined ? wanted.missing() : undefined;
  if (missing !== undefined) {
    return unavailable(`${missing}, no container engine answers, and ${wanted.variable} names no ${wanted.name}`);
  }
  const folder = join(runFolder(), wanted.name);
  return onlyOnce(folder, () =>
    engine === undefined ? wanted.start(folder, runOwner()) : startContainer(engine, wanted.container, folder),
  );
}

/** Whether a test can start a service of its own, to stop and kill it; where it can't, a line says so. */
export function canStart({ name, missing }: Service): boolean {
  const what = missing();
  if (what !== undefined) unavailable(`${what} to start a ${name} with`);
  return what === undefined;
}

/** The first of some commands that this machine does not have. */
export function missingCommand(...commands: readonly string[]): string | undefined {
  const missing = commands.find((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0);
  return missing === undefined ? undefined : `there is no ${missing} here`;
}

function unavailable(why: string): undefined {
  if (process.env.CI === 'true') throw new Error(why);
  console.log(`skipped: ${why}`);
}

/** Test files run in processes of their own: the one that makes the folder starts, the others wait for what it says. */
async function onlyOnce(folder: string, start: () => Promise<string>): Promise<string> {
  const said = join(folder, 'address');
  const failed = join(folder, 'failed');
  if (isFirst(folder)) {
    try {
      const address = await start();
      writeFileSync(`${said}.new`, address);
      renameSync(`${said}.new`, said);
      return address;
    } catch (error) {
      writeFileSync(failed, '');
      throw error;
    }
  }
  while (!existsSync(said)) {
    if (existsSync(failed)) throw new Error(`another test has tried to start the service of ${folder} in vain`);
    await sleep(100);
  }
  return readFileSync(said, 'utf8');
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
