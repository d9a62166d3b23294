import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { sentenceOf } from '../../endpoints/system-error.js';
import { FreshetError, ServiceError } from '../../records/errors.js';
import { formatDuration } from '../../records/time/duration.js';
import { ProcessGroup } from '../process-group.js';
import { goneWithin, stopProcesses } from '../stop-processes.js';
import { JobLog } from './job-log.js';
import { killedWith } from './kill-mark.js';
import { type Launched, launch } from './launch.js';
import { PassedSignals } from './passed-signals.js';
import { RestartPolicy } from './restart-policy.js';
import { type RunState, writeState } from './run-state.js';
import { statusOf } from './run-status.js';
import type { Surroundings } from './supervise.js';

/** What a job leaves behind in its group has this long to end. */
const LEFT_BEHIND_MS = 10_000;
/** What a job has said last is read for so long at most, as processes outside of its group may have its pipe. */
const LAST_WORDS_MS = 250;
const LOOK_MS = 50;

/** Runs one job in a folder of its own, from its claim to its end. */
export class Supervisor {
  readonly #folder: string;
  readonly #surroundings: Surroundings;
  readonly #log: JobLog;
  readonly #signals = new PassedSignals(() =>
    this.#say(`job ${this.#state.name} has become somebody else's, and signals are not passed on to it`),
  );
  #state: RunState;

  constructor(folder: string, state: RunState, surroundings: Surroundings) {
    this.#folder = folder;
    this.#state = state;
    this.#surroundings = surroundings;
    this.#log = new JobLog({ folder, tell: surroundings.tell });
  }

  /** @returns the exit status of the last start */
  async run(): Promise<number> {
    const policy = new RestartPolicy(this.#state.restart);
    try {
      for (;;) {
        const began = performance.now();
        const status = await this.#once();
        const wait = this.#isStopped() ? undefined : policy.pauseAfter(status, performance.now() - began);
        if (wait === undefined) return this.#end(status);
        this.#say(
          `job ${this.#state.name} ended with status ${status}, and is started again in ${formatDuration(wait)}`,
        );
        this.#write({ state: 'starting', exitStatus: status, process: undefined });
        await this.#wait(wait);
        if (this.#isStopped()) return this.#end(status);
        this.#state = { ...this.#state, restarts: this.#state.restarts + 1 };
      }
    } catch (error) {
      this.#write({ state: 'failed', endedAt: Date.now() });
      throw error;
    } finally {
      this.#signals.close();
      this.#log.close();
    }
  }

  /** Starts it, and waits for its end and that of what it has started. */
  async #once(): Promise<number> {
    const launched = await this.#launch();
    if (launched === undefined) return this.#state.exitStatus ?? 1;
    const { identity, said, ended } = launched;
    const group = new ProcessGroup(identity, { ours: true });
    this.#signals.group = group;
    const over = this.#listen(said);
    const stopped = this.#isStopped();
    if (stopped) launched.dismiss();
    else launched.go();
    if (this.#state.restarts === 0) this.#surroundings.onStart?.(statusOf(this.#state));
    const status = await ended;
    await this.#clear(group);
    this.#signals.group = undefined;
    await Promise.race([over, pause(LAST_WORDS_MS, undefined, { ref: false })]);
    said.destroy();
    return stopped ? 128 + constants.signals[this.#signals.asked ?? 'SIGTERM'] : status;
  }

  /** @returns resolves when nobody can say anything more */
  #listen(said: Launched['said']): Promise<void> {
    said.on('error', () => {});
    said.on('data', (bytes: Buffer) => {
      if (this.#surroundings.foreground) process.stderr.write(bytes);
      this.#log.write(bytes);
    });
    return new Promise((resolve) => said.once('close', () => resolve()));
  }

  /** @returns undefined where it could not be started again @throws where it could not be started for the first time */
  async #launch(): Promise<Launched | undefined> {
    const { command, cwd, name, restarts } = this.#state;
    const env = { ...process.env, FRESHET_JOB: name };
    const { foreground } = this.#surroundings;
    let launched: Launched | undefined;
    try {
      launched = await launch({ command, cwd, env, foreground, folder: this.#folder });
      const state: RunState = {
        ...this.#state,
        state: 'running',
        process: launched.identity,
        startedAt: Date.now(),
        exitStatus: undefined,
      };
      writeState(this.#folder, state);
      this.#state = state;
      return launched;
    } catch (error) {
      launched?.dismiss();
      launched?.said.destroy();
      const failure =
        error instanceof FreshetError
          ? error
          : new ServiceError(`job ${name} was not started, as its state can't be written: ${sentenceOf(error)}`);
      if (restarts === 0) throw failure;
      this.#say(failure.message);
      return undefined;
    }
  }
  /** Ends what a job has left behind in its group. What was told to stop may still be at it. */
  async #clear(group: ProcessGroup): Promise<void> {
    if (!group.alive()) return;
    const grace = Math.max(LEFT_BEHIND_MS, killedWith(this.#folder) ?? 0);
    if (this.#isStopped() && (await goneWithin(group, grace))) return;
    const { name } = this.#state;
    const what = { target: `job:${name}`, what: `what job ${name} left behind` };
    this.#say((await stopProcesses(what, group, LEFT_BEHIND_MS)).message);
  }

  /** Waits for the next start, or until it is not wanted any more. */
  async #wait(most: number): Promise<void> {
    const until = performance.now() + most;
    while (!this.#isStopped() && performance.now() < until) await pause(LOOK_MS);
  }

  #isStopped(): boolean {
    return this.#signals.asked !== undefined || killedWith(this.#folder) !== undefined;
  }

  #end(status: number): number {
    const state = this.#isStopped() ? 'killed' : status === 0 ? 'exited' : 'failed';
    this.#write({ state, exitStatus: status, endedAt: Date.now() });
    return status;
  }

  #write(changes: Partial<RunState>): void {
    this.#state = { ...this.#state, ...changes };
    try {
      writeState(this.#folder, this.#state);
    } catch (error) {
      this.#say(`the state of job ${this.#state.name} can't be written: ${sentenceOf(error)}`);
    }
  }

  #say(sentence: string): void {
    this.#surroundings.tell(sentence);
    this.#log.note(sentence);
  }
}
