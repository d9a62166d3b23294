import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { procTable } from '../../src/jobs/proc-table.js';
import { isAlive, ownIdentity, type ProcessTable, processTable } from '../../src/jobs/process-table.js';
import { psTable } from '../../src/jobs/ps-table.js';
import { end, until } from '../cli/run-freshet.js';

const tables: [string, ProcessTable][] = [['ps', psTable]];
if (process.platform === 'linux') tables.push(['/proc', procTable]);

describe.each(tables)('the processes as %s tells them', (_, table) => {
  it('have this one', () => {
    const own = table.find(process.pid);
    expect(own).toMatchObject({ pid: process.pid, parent: process.ppid });
    // ps counts in seconds.
    expect(own?.startedAt).toBeLessThanOrEqual(Date.now() + 2000);
    expect(own?.startedAt).toBeGreaterThan(performance.timeOrigin - 60_000);
  });

  it('have a group with its members, and not those that only wait for their parent', async () => {
    // The second sleep ends at once, and sh does not look.
    const child = spawn('sh', ['-c', 'sleep 0 & sleep 1000 & exec sleep 1000'], { detached: true, stdio: 'ignore' });
    const { pid = 0 } = child;
    await until('two that live', () => table.ofGroup(pid).length === 2);
    expect(table.ofGroup(pid).map((one) => one.group)).toEqual([pid, pid]);
    expect(table.find(pid)).toMatchObject({ pid, group: pid, parent: process.pid });
    process.kill(-pid, 'SIGKILL');
    await end(child);
    await until('their end', () => table.ofGroup(pid).length === 0);
    expect(table.find(pid)).toBeUndefined();
  });

  it('have none of a pid that nobody has', () => {
    expect(table.find(2 ** 30)).toBeUndefined();
    expect(table.ofGroup(2 ** 30)).toEqual([]);
  });
});

describe('an identity', () => {
  it('is of one process, and not of the next one with its pid', () => {
    const own = ownIdentity();
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, started: 'at another time' })).toBe(false);
    expect(processTable.find(process.pid)?.started).toBe(own.started);
  });

  it('reads a command with parentheses and blanks in its name', async () => {
    const child = spawn(process.execPath, ['-e', 'process.title = ") R 1 (x"; setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    const { pid = 0 } = child;
    await until('its start', () => processTable.find(pid) !== undefined);
    expect(processTable.find(pid)).toMatchObject({ pid, parent: process.pid });
    child.kill('SIGKILL');
    await end(child);
  });
});
