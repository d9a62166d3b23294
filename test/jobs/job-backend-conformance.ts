import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobBackend, JobStatus } from '../../src/jobs/job.js';
import { JobRuns } from '../../src/jobs/job-runs.js';
import { UsageError } from '../../src/records/errors.js';

/** A backend with these jobs; a job has the setting that it is submitted with. */
export interface BackendUnderTest {
  readonly backend: JobBackend;
  /** Runs until it is stopped. */
  readonly endless: Job;
  /** The same, and does not heed TERM once it is ready; undefined where a backend can't have such a one. */
  readonly stubborn?: Job & { ready(): Promise<void> };
  /** Ends by itself, with status 0. */
  readonly short: Job;
  /** Ends by itself, with status 3. */
  readonly failing: Job;
  close(): Promise<void>;
}

interface Job {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

const GRACE_MS = 20_000;

/** What every JobBackend promises. */
export function describeJobBackend(name: string, open: () => Promise<BackendUnderTest>): void {
  describe(name, () => {
    let tested: BackendUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(async () => {
      await tested.close();
    });

    const over = async (job: Job): Promise<JobStatus> => {
      for (const until = Date.now() + 60_000; Date.now() < until; await new Promise((r) => setTimeout(r, 20))) {
        const status = await tested.backend.status(job.name);
        if (status !== undefined && !['starting', 'running'].includes(status.state)) return status;
      }
      throw new Error(`job ${job.name} is not over`);
    };

    it('knows nothing of a job that never was', async () => {
      expect(await tested.backend.status('never-was')).toBeUndefined();
      expect((await tested.backend.list()).map((one) => one.name)).not.toContain('never-was');
      await expect(tested.backend.kill('never-was', GRACE_MS)).rejects.toThrow(UsageError);
    });

    it('refuses what it does not know', async () => {
      const { backend, short } = tested;
      await expect(backend.submit({ name: 'never-was', settings: {} })).rejects.toThrow(UsageError);
      await expect(backend.submit({ ...short, settings: { ...short.settings, nonsense: '1' } })).rejects.toThrow(
        UsageError,
      );
      await expect(backend.submit({ name: '../short', settings: {} })).rejects.toThrow(UsageError);
    });

    it('runs a job, and stops it', async () => {
      const { backend, endless } = tested;
      const before = Date.now();
      const status = await backend.submit(endless);
      expect(status).toMatchObject({ name: endless.name, state: 'running', restarts: 0 });
      expect(status.startedAt).toBeGreaterThanOrEqual(before - 1000);
      expect(status.startedAt).toBeLessThanOrEqual(Date.now() + 1000);
      expect(await backend.status(endless.name)).toEqual(status);
      expect(await backend.list()).toContainEqual(status);

      expect(await backend.kill(endless.name, GRACE_MS)).toMatchObject({ signals: ['SIGTERM'], after: 'gone' });
      const after = await backend.status(endless.name);
      expect(after).toMatchObject({ id: status.id, state: 'killed' });
      expect(after?.endedAt).toBeGreaterThanOrEqual(status.startedAt);
    });

    it('has one job of a name at a time', async () => {
      const { backend, endless } = tested;
      const all = await Promise.allSettled([1, 2, 3, 4].map(() => backend.submit(endless)));
      const started = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(started).toHaveLength(1);
      for (const one of all) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(JobRuns);
      await expect(backend.submit(endless)).rejects.toThrow(JobRuns);
      // What is wrong however often it is asked for is told also while it runs.
      const wrong = backend.submit({ ...endless, settings: { ...endless.settings, nonsense: '1' } });
      await expect(wrong).rejects.not.toBeInstanceOf(JobRuns);
      expect((await backend.status(endless.name))?.id).toBe(started[0]?.id);
      expect(await backend.kill(endless.name, GRACE_MS)).toMatchObject({ after: 'gone' });
    });

    it('remembers how a job ended, and gives the next run another id', async () => {
      const { backend, short, failing } = tested;
      const first = await backend.submit(short);
      expect(await over(short)).toMatchObject({ id: first.id, state: 'exited', exitStatus: 0 });
      const second = await backend.submit(short);
      expect(second.id).not.toBe(first.id);
      expect(await over(short)).toMatchObject({ id: second.id });
      await backend.submit(failing);
      expect(await over(failing)).toMatchObject({ state: 'failed', exitStatus: 3 });
      const names = (await backend.list()).map((one) => one.name);
      expect(names).toEqual(expect.arrayContaining([failing.name, short.name]));
      expect(new Set(names).size).toBe(names.length);
    });

    it('says that a job was over before it was killed', async () => {
      const { backend, short } = tested;
      await backend.submit(short);
      await over(short);
      expect(await backend.kill(short.name, GRACE_MS)).toMatchObject({ signals: [], after: 'was gone before' });
      expect(await backend.status(short.name)).toMatchObject({ state: 'exited' });
    });

    it('lets several kill the same job', async () => {
      const { backend, endless } = tested;
      await backend.submit(endless);
      const all = await Promise.all([1, 2, 3].map(() => backend.kill(endless.name, GRACE_MS)));
      for (const { after } of all) expect(['gone', 'was gone before']).toContain(after);
      expect(await backend.status(endless.name)).toMatchObject({ state: 'killed' });
    });

    it('ends one that does not heed', async () => {
      const { backend, stubborn } = tested;
      if (stubborn === undefined) return;
      await backend.submit(stubborn);
      await stubborn.ready();
      const stopped = await backend.kill(stubborn.name, 300);
      expect(stopped).toMatchObject({ signals: ['SIGTERM', 'SIGKILL'], after: 'gone' });
    });
  });
}
