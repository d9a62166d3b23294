import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeContainer } from './container.js';
import { endProcess } from './server-process.js';

const FOLDER = 'FRESHET_TEST_RUN';
const OWNER = 'FRESHET_TEST_RUN_OWNER';

/** Where the services of this run are, one folder each. */
export function runFolder(): string {
  const folder = process.env[FOLDER];
  if (folder === undefined) throw new Error(`${FOLDER} is not set: services are started under vitest`);
  return folder;
}

/** The process that services must not outlive. */
export function runOwner(): number {
  return Number(process.env[OWNER]);
}

/** Runs once before all tests (vitest's globalSetup): nothing is started yet. @returns what ends the services */
export default function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-services-'));
  process.env[FOLDER] = folder;
  process.env[OWNER] = `${process.pid}`;
  return async () => {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const text = (): string => readFileSync(join(folder, name), 'utf8');
      // What they hold is not needed any more.
      if (name.endsWith('.pid')) await endProcess(Number(text()), 'SIGKILL');
      if (name.endsWith('.container')) removeContainer(text());
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
