import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProcessGroup } from '../../src/jobs/process-group.js';
import { type LiveProcess, ownIdentity, type ProcessIdentity, processTable } from '../../src/jobs/process-table.js';
import { stopProcesses } from '../../src/jobs/stop-processes.js';
import { until } from '../cli/run-freshet.js';

const GRACE_MS = 20_000;
const what = { target: 'job:it', what: 'it' };

/** Starts `text` with sh as the first of a group, and waits for the first line that it prints. */
async function group(text: string): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const child = spawn('sh', ['-c', text], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  started.push(child);
  const found = processTable.find(child.pid ?? 0);
  await once(child.stdout, 'data');
  if (found === undefined) throw new Error('it is gone');
  return { child, identity: found };
}

const started: ChildProcess[] = [];

afterEach(() => {
  for (const { pid } of started.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It is gone, as it should.
    }
  }
});

describe('a process group', () => {
  it('goes with TERM', async () => {
    const { identity } = await group('sleep 1000 & echo; wait');
    expect(await stopProcesses(what, new ProcessGroup(identity), GRACE_MS)).toEqual({
      target: 'job:it',
      signals: ['SIGTERM'],
      after: 'gone',
      message: 'it got SIGTERM and is gone',
    });
    expect(processTable.ofGroup(identity.pid)).toEqual([]);
  });

  it('goes with KILL when one of it does not heed, though its first process is gone before', async () => {
    const { identity } = await group("(trap '' TERM; echo; while :; do sleep 1; done) & wait");
    const stopped = await stopProcesses(what, new ProcessGroup(identity), 300);
    expect(stopped).toMatchObject({ signals: ['SIGTERM', 'SIGKILL'], after: 'gone' });
    expect(stopped.message).toBe('it got SIGTERM, after 300ms SIGKILL, and is gone');
    expect(processTable.ofGroup(identity.pid)).toEqual([]);
  });

  it('goes when it is paused', async () => {
    const { identity } = await group('echo; sleep 1000');
    process.kill(-identity.pid, 'SIGSTOP');
    const stopped = await stopProcesses(what, new ProcessGroup(identity), GRACE_MS);
    expect(stopped).toMatchObject({ signals: ['SIGTERM'], after: 'gone' });
  });

  it('is not touched where its number has another process now', async () => {
    const { identity } = await group('echo; sleep 1000');
    const before = new ProcessGroup({ ...identity, started: 'long ago' });
    expect(before.size()).toBe(0);
    expect(await stopProcesses(what, before, 0)).toMatchObject({ signals: [], after: 'was gone before' });
    before.send('SIGKILL');
    expect(processTable.find(identity.pid)?.started).toBe(identity.started);
  });

  it('is not taken for ours when its first process was gone before anybody looked', async () => {
    const { identity, child } = await group('sleep 1000 & echo; read -r go');
    child.stdin?.end();
    await until('its first process', () => child.exitCode !== null);
    expect(processTable.ofGroup(identity.pid)).toHaveLength(1);
    expect(new ProcessGroup(identity).size()).toBe(0);
    expect(new ProcessGroup(identity, { ours: true }).size()).toBe(1);
  });

  it('may go as it is sent a signal', () => {
    const { pid, started } = ownIdentity();
    const members: LiveProcess[] = [{ pid, started, parent: 1, group: pid, startedAt: 0 }];
    const table = { find: () => undefined, ofGroup: () => members.splice(0) };
    const kill = vi.spyOn(process, 'kill').mockImplementation((_, signal) => {
      if (signal === 0) return true;
      throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
    });
    try {
      new ProcessGroup({ pid, started }, { table }).send('SIGTERM');
      expect(kill).toHaveBeenCalledWith(-pid, 'SIGTERM');
    } finally {
      kill.mockRestore();
    }
  });

  it('may be gone before', async () => {
    const { identity, child } = await group('echo; read -r go');
    child.stdin?.end();
    await until('its end', () => child.exitCode !== null);
    expect(await stopProcesses(what, new ProcessGroup(identity), 0)).toEqual({
      target: 'job:it',
      signals: [],
      after: 'was gone before',
      message: 'it was gone before',
    });
  });
});
