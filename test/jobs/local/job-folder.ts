import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AllowedCommand } from '../../../src/jobs/local/allowed-command.js';
import { LocalJobs } from '../../../src/jobs/local/local-jobs.js';
import type { Run } from '../../../src/jobs/local/run-folders.js';
import { EXECUTABLE } from '../../cli/run-freshet.js';

/** Jobs in a state folder of their own, all of which are ended and forgotten by close(). */
export class JobFolder {
  readonly stateFolder = mkdtempSync(join(tmpdir(), 'freshet-jobs-'));
  readonly jobs: LocalJobs;

  constructor(commands: Readonly<Record<string, AllowedCommand>> = {}) {
    this.jobs = new LocalJobs({
      stateFolder: this.stateFolder,
      commands: new Map(Object.entries(commands)),
      executable: [process.execPath, EXECUTABLE],
    });
  }

  /** The process that waits for a job's end. */
  async supervisor(name: string): Promise<number> {
    const { state }: Run = await this.jobs.run(name);
    if (state === undefined) throw new Error(`job ${name} has no state`);
    return state.supervisor.pid;
  }

  log(name: string, run = '1'): string {
    return readFileSync(join(this.stateFolder, 'jobs', name, run, 'log'), 'utf8');
  }

  files(name: string): string[] {
    return readdirSync(join(this.stateFolder, 'jobs', name)).sort();
  }

  async close(): Promise<void> {
    for (const { name } of await this.jobs.list()) await this.jobs.kill(name, 0);
    rmSync(this.stateFolder, { recursive: true, force: true });
  }
}
