import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, sentenceOf } from '../../endpoints/system-error.js';
import { ServiceError } from '../../records/errors.js';
import type { JobStatus } from '../job.js';
import { checkJobName, isJobName } from '../job-name.js';
import { JobRuns } from '../job-runs.js';
import { isAlive } from '../process-table.js';
import { makePrivateFolder } from '../state-folder.js';
import { type RunState, readState, writeState } from './run-state.js';
import { isOver, statusOf } from './run-status.js';

/** How many runs of a job are kept, with the one that runs. */
const KEPT = 5;
const NEW = '.new-';
/** A folder is filled within this, and has its place then. */
const LEFT_OVER_MS = 3_600_000;

/** A run as its folder has it. */
export interface Run {
  readonly folder: string;
  readonly name: string;
  readonly status: JobStatus;
  /** Whether somebody waits for its end; where not, it is not started again, and its log has nothing more. */
  readonly supervised: boolean;
  /** Undefined where it can't be read. */
  readonly state?: RunState;
}

/**
 * The runs of all jobs: `jobs/NAME/1`, `jobs/NAME/2` and so on. Who makes the folder of the next number has the job: a
 * folder is renamed into its place with all that belongs into it, which only one can do. The newest is never removed, so
 * that there is no lock that a crash could leave behind.
 */
export class RunFolders {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  names(): readonly string[] {
    return namesIn(this.#root).filter(isJobName).sort();
  }

  /** The last run of a job, as it is now. */
  async newest(name: string): Promise<Run | undefined> {
    for (;;) {
      const number = this.#newestNumber(name);
      if (number === 0) return undefined;
      const folder = join(this.#root, name, String(number));
      const state = await readState(folder);
      // Meanwhile it may have been followed by others, and removed.
      if (state === undefined && this.#newestNumber(name) !== number) continue;
      const status = await this.#statusOf(name, String(number), folder, state);
      return { folder, name, status, supervised: state !== undefined && isAlive(state.supervisor), state };
    }
  }

  /**
   * Makes the folder of a new run.
   * @throws JobRuns where one of that name does, ServiceError where the folder can't be made
   */
  async claim(name: string, stateOf: (id: string) => RunState): Promise<{ folder: string; id: string }> {
    const home = join(this.#root, checkJobName(name));
    makePrivateFolder(home);
    for (;;) {
      const last = await this.newest(name);
      if (last !== undefined && !isOver(last.status)) throw runsAlready(last.status);
      const number = Number(last?.status.id ?? 0) + 1;
      const folder = join(home, String(number));
      if (!this.#make(folder, stateOf(String(number)))) continue;
      // One that had looked long ago may have made a number that is no longer the next.
      if (this.#newestNumber(name) === number) {
        this.#forget(home, number);
        return { folder, id: String(number) };
      }
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** @returns false where another one was first */
  #make(folder: string, state: RunState): boolean {
    let fresh: string | undefined;
    try {
      fresh = mkdtempSync(join(folder, '..', NEW));
      writeState(fresh, state);
      // So that there is room for its name later, on a full disk, too.
      writeFileSync(join(fresh, 'log'), '', { mode: 0o600 });
      renameSync(fresh, folder);
      return true;
    } catch (error) {
      if (fresh !== undefined) rmSync(fresh, { recursive: true, force: true });
      if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) return false;
      throw new ServiceError(
        `job ${state.name} was not started, as its state can't be written: ${folder}: ${sentenceOf(error)}`,
        undefined,
        { cause: error },
      );
    }
  }

  /** Removes what is older than the runs that are kept, and what was begun and not finished by one that is gone. */
  #forget(home: string, newest: number): void {
    for (const number of numbersIn(home)) {
      if (number <= newest - KEPT) rmSync(join(home, String(number)), { recursive: true, force: true });
    }
    for (const name of namesIn(home)) {
      const folder = join(home, name);
      const changed = name.startsWith(NEW) ? statSync(folder, { throwIfNoEntry: false })?.mtimeMs : undefined;
      if (changed !== undefined && Date.now() - changed > LEFT_OVER_MS)
        rmSync(folder, { recursive: true, force: true });
    }
  }

  #newestNumber(name: string): number {
    return Math.max(0, ...numbersIn(join(this.#root, name)));
  }

  async #statusOf(name: string, id: string, folder: string, state: RunState | undefined): Promise<JobStatus> {
    if (state === undefined) return { name, id, state: 'lost', command: [], startedAt: 0, restarts: 0 };
    const status = statusOf(state);
    if (status.state !== 'lost') return status;
    // It may have ended between two looks: at its state, and at its supervisor.
    return statusOf((await readState(folder)) ?? state);
  }
}

function runsAlready({ name, pid, startedAt }: JobStatus): JobRuns {
  const process = pid === undefined ? '' : `, as process ${pid},`;
  return new JobRuns(
    `job ${name} runs already${process} since ${new Date(startedAt).toISOString()}`,
    `Stop it with: freshet job kill ${name}`,
  );
}

function numbersIn(folder: string): number[] {
  return namesIn(folder, ['ENOENT', 'ENOTDIR'])
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number);
}

/** @param none codes of errors that say that there is nothing in it */
function namesIn(folder: string, none = ['ENOENT']): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (none.includes(codeOf(error) ?? '')) return [];
    throw new ServiceError(`${folder} can't be read: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}
