import { describe, expect, it } from 'vitest';
import type { JobStatus } from '../../src/jobs/job.js';
import { jobsJson, renderJob, renderJobs } from '../../src/report/render-jobs.js';

const RUNNING: JobStatus = {
  name: 'parity',
  id: '7',
  state: 'running',
  command: ['freshet', 'transform', 'parity', '--where', 'a > 1'],
  pid: 4711,
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  restarts: 12,
};
const ENDED: JobStatus = {
  ...RUNNING,
  name: 'it',
  state: 'exited',
  exitStatus: 0,
  endedAt: Date.UTC(2026, 1, 1),
  pid: 9,
};

describe('jobs', () => {
  it('stand in columns, numbers to the right', () => {
    expect(renderJobs([RUNNING, ENDED])).toBe(
      [
        'NAME    STATE     PID  STARTED               STATUS  RESTARTS  COMMAND',
        "parity  running  4711  2026-01-02T03:04:05Z       -        12  freshet transform parity --where 'a > 1'",
        "it      exited      9  2026-01-02T03:04:05Z       0        12  freshet transform parity --where 'a > 1'",
        '',
      ].join('\n'),
    );
  });

  it('have a field a line, one alone, with what it lacks', () => {
    expect(renderJob(RUNNING, { folder: '/state/1', supervised: false })).toBe(
      [
        'name      parity',
        'state     running, without its supervisor',
        'pid       4711',
        "command   freshet transform parity --where 'a > 1'",
        'started   2026-01-02T03:04:05Z',
        'restarts  12',
        'folder    /state/1',
        '',
      ].join('\n'),
    );
  });

  it('are shown without passwords', () => {
    const words = ['mysql://root:hunter2@db/yt#daily', '--registry=https://u:hunter2@registry'];
    const job = { ...RUNNING, command: ['freshet', 'aggregate', 'daily', '--to', ...words] };
    const shown = [renderJobs([job]), renderJob(job, { folder: '/', supervised: true }), jobsJson([job])];
    for (const text of shown) {
      expect(text).not.toContain('hunter2');
      expect(text).toContain('mysql://root:***@db/yt#daily');
      expect(text).toContain('--registry=https://u:***@registry');
    }
  });

  it('are JSON with times in ISO 8601', () => {
    expect(jobsJson([])).toBe('[]\n');
    expect(JSON.parse(jobsJson([RUNNING, ENDED]))).toEqual([
      { ...RUNNING, startedAt: '2026-01-02T03:04:05Z' },
      { ...ENDED, startedAt: '2026-01-02T03:04:05Z', endedAt: '2026-02-01T00:00:00Z' },
    ]);
  });
});
