import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { processTable } from '../../../src/jobs/process-table.js';
import { UsageError } from '../../../src/records/errors.js';
import { until } from '../../cli/run-freshet.js';
import { describeJobBackend } from '../job-backend-conformance.js';
import { JobFolder } from './job-folder.js';

/** What stands for it in an allowed command. */
const setting = (name: string): string => `\${${name}}`;

const COMMANDS = {
  endless: { command: ['sleep', setting('seconds')] },
  stubborn: { command: ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'] },
  short: { command: ['true'] },
  failing: { command: ['sh', '-c', 'exit 3'] },
  again: { command: ['sh', '-c', 'echo started; exit 3'], restart: 'on-failure' },
  family: { command: ['sh', '-c', 'sleep 1000 & sleep 1000 & wait'] },
  leaving: { command: ['sh', '-c', 'sleep 1000 & echo left'] },
  environment: { command: ['sh', '-c', 'echo "$FRESHET_JOB $COLOR $PWD"'], env: { COLOR: 'blue' }, cwd: '/' },
  secret: { command: ['sh', '-c', 'echo "$FRESHET_TOKEN."'] },
  trusted: { command: ['sh', '-c', 'echo "$FRESHET_TOKEN."'], env: { FRESHET_TOKEN: 'its own' } },
  told: { command: ['printf', '%s|', setting('first'), setting('second')] },
} as const;

describeJobBackend('LocalJobs', async () => {
  const folder = new JobFolder(COMMANDS);
  return {
    backend: folder.jobs,
    endless: { name: 'endless', settings: { seconds: '1000' } },
    stubborn: {
      name: 'stubborn',
      settings: {},
      ready: () => until('its word', () => folder.log('stubborn') === 'ready\n'),
    },
    short: { name: 'short', settings: {} },
    failing: { name: 'failing', settings: {} },
    close: () => folder.close(),
  };
});

describe('a local job', () => {
  let folder: JobFolder;
  beforeEach(() => {
    folder = new JobFolder(COMMANDS);
  });
  afterEach(() => folder.close());

  const submit = (name: string, settings = {}) => folder.jobs.submit({ name, settings });
  const stateOf = async (name: string) => (await folder.jobs.status(name))?.state;
  const whileNot = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await holds()); await new Promise((r) => setTimeout(r, 20))) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    }
  };
  const isAlive = (pid: number): boolean => processTable.find(pid) !== undefined;

  it('is stopped with all of its group', async () => {
    const { pid = 0 } = await submit('family');
    await until('three processes', () => processTable.ofGroup(pid).length === 3);
    expect(await folder.jobs.kill('family', 20_000)).toMatchObject({
      target: 'job:family',
      after: 'gone',
      message: `job family (process group ${pid}, 3 processes) got SIGTERM and is gone`,
    });
    expect(processTable.ofGroup(pid)).toEqual([]);
  });

  it('is stopped with its supervisor asleep, as ctrl-Z leaves them', async () => {
    const { pid = 0 } = await submit('endless', { seconds: '1000' });
    process.kill(-pid, 'SIGSTOP');
    process.kill(await folder.supervisor('endless'), 'SIGSTOP');
    expect(await folder.jobs.kill('endless', 20_000)).toMatchObject({ after: 'gone' });
    expect(await stateOf('endless')).toBe('killed');
    expect(await submit('endless', { seconds: '1000' })).toMatchObject({ id: '2', state: 'running' });
  });

  it("has the orchestrator's token only where its environment says so", async () => {
    vi.stubEnv('FRESHET_TOKEN', 'everything');
    await submit('secret');
    await submit('trusted');
    vi.unstubAllEnvs();
    await whileNot('their ends', async () => (await folder.jobs.list()).every(({ state }) => state === 'exited'));
    expect([folder.log('secret'), folder.log('trusted')]).toEqual(['.\n', 'its own.\n']);
  });

  it('leaves nothing of its group behind', async () => {
    const { pid = 0 } = await submit('leaving');
    await whileNot('its end', async () => (await stateOf('leaving')) === 'exited');
    expect(processTable.ofGroup(pid)).toEqual([]);
    expect(folder.log('leaving')).toContain('left\nfreshet: what job leaving left behind got SIGTERM and is gone\n');
  });

  it('is started again when it fails, and not after it was killed', async () => {
    await submit('again');
    await whileNot('a restart', async () => ((await folder.jobs.status('again'))?.restarts ?? 0) >= 1);
    const supervisor = await folder.supervisor('again');
    expect(['gone', 'was gone before']).toContain((await folder.jobs.kill('again', 20_000)).after);
    expect(await stateOf('again')).toBe('killed');
    await until('the end of the supervisor', () => !isAlive(supervisor));
    expect(folder.log('again')).toMatch(
      /^started\nfreshet: job again ended with status 3, and is started again in 1s\nstarted\n/,
    );
  });

  it('runs on without its supervisor, is seen, has its name, and can be stopped', async () => {
    const { pid = 0 } = await submit('family');
    await until('three processes', () => processTable.ofGroup(pid).length === 3);
    const supervisor = await folder.supervisor('family');
    process.kill(supervisor, 'SIGKILL');
    await until('the end of the supervisor', () => !isAlive(supervisor));
    expect(await folder.jobs.run('family')).toMatchObject({ status: { state: 'running', pid }, supervised: false });
    await expect(submit('family')).rejects.toThrow(/runs already, as process \d+, since/);
    expect(await folder.jobs.kill('family', 20_000)).toMatchObject({ after: 'gone' });
    expect(processTable.ofGroup(pid)).toEqual([]);
    expect(await stateOf('family')).toBe('killed');
  });

  it('is lost when it and its supervisor are gone, and its name is free', async () => {
    const { pid = 0 } = await submit('endless', { seconds: '1000' });
    const supervisor = await folder.supervisor('endless');
    process.kill(supervisor, 'SIGKILL');
    await until('the end of the supervisor', () => !isAlive(supervisor));
    process.kill(pid, 'SIGKILL');
    await until('its end', () => !isAlive(pid));
    expect(await stateOf('endless')).toBe('lost');
    expect(await folder.jobs.kill('endless', 0)).toMatchObject({
      after: 'was gone before',
      message: 'job endless was not running (lost)',
    });
    expect(await submit('endless', { seconds: '1000' })).toMatchObject({ id: '2', state: 'running' });
  });

  it('is lost with its first process, and says that others of its group may be left', async () => {
    const { pid = 0 } = await submit('family');
    await until('three processes', () => processTable.ofGroup(pid).length === 3);
    const supervisor = await folder.supervisor('family');
    process.kill(supervisor, 'SIGKILL');
    await until('the end of the supervisor', () => !isAlive(supervisor));
    process.kill(pid, 'SIGKILL');
    await until('its end', () => !isAlive(pid));
    expect(await folder.jobs.kill('family', 0)).toMatchObject({
      after: 'was gone before',
      message: `job family was not running (lost); processes of its group ${pid} may still run`,
    });
    process.kill(-pid, 'SIGKILL');
  });

  it('is not taken for a process that has got its pid', async () => {
    await submit('short');
    await whileNot('its end', async () => (await stateOf('short')) === 'exited');
    // As if it still ran, with this test's own pid and another start.
    const file = join(folder.stateFolder, 'jobs/short/1/state.json');
    const state = JSON.parse(readFileSync(file, 'utf8'));
    const nobody = { pid: process.pid, started: 'long ago' };
    writeFileSync(file, JSON.stringify({ ...state, state: 'running', process: nobody, supervisor: nobody }));
    expect(await stateOf('short')).toBe('lost');
    expect(await folder.jobs.kill('short', 0)).toMatchObject({ signals: [], after: 'was gone before' });
  });

  it('has its name, its settings and its folder in nobody else’s reach', async () => {
    await submit('environment');
    await whileNot('its end', async () => (await stateOf('environment')) === 'exited');
    expect(folder.log('environment')).toBe('environment blue /\n');
    const place = join(folder.stateFolder, 'jobs/environment/1');
    expect(statSync(place).mode & 0o777).toBe(0o700);
    for (const name of ['log', 'state.json']) expect(statSync(join(place, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(place, 'state.json'), 'utf8')).not.toContain('blue');
  });

  it('takes each setting as one word', async () => {
    const settings = { first: 'a b; touch $HOME `id` "', second: setting('first') };
    await submit('told', settings);
    await whileNot('its end', async () => (await stateOf('told')) === 'exited');
    expect(folder.log('told')).toBe(`${settings.first}|${settings.second}|`);
  });

  it('refuses settings that could be a flag, are missing or unknown', async () => {
    await expect(submit('endless', { seconds: '--help' })).rejects.toThrow('begins with a dash');
    await expect(submit('endless', { seconds: '' })).rejects.toThrow('is empty');
    await expect(submit('endless', { seconds: '1\n2' })).rejects.toThrow('control characters');
    await expect(submit('endless')).rejects.toThrow('job endless needs the setting seconds');
    await expect(submit('short', { constructor: '1' })).rejects.toThrow('job short has no setting constructor');
    expect(existsSync(join(folder.stateFolder, 'jobs'))).toBe(false);
  });

  it('refuses an allowed command that says nothing to run, or has a setting within a word', () => {
    expect(() => new JobFolder({ empty: { command: [] } })).toThrow(UsageError);
    expect(() => new JobFolder({ any: { command: [setting('program')] } })).toThrow(UsageError);
    expect(() => new JobFolder({ part: { command: ['freshet', `--from=${setting('from')}`] } })).toThrow(
      /for a word, not for/,
    );
  });

  it('keeps the last five runs', async () => {
    for (let run = 1; run <= 7; run++) {
      await submit('short');
      await whileNot('its end', async () => (await stateOf('short')) === 'exited');
    }
    expect(folder.files('short')).toEqual(['3', '4', '5', '6', '7']);
  });

  it('is listed among what else may lie there', async () => {
    await submit('short');
    for (const name of ['.DS_Store', 'notes.txt']) writeFileSync(join(folder.stateFolder, 'jobs', name), '');
    for (const name of ['empty', 'a b']) mkdirSync(join(folder.stateFolder, 'jobs', name));
    expect((await folder.jobs.list()).map(({ name }) => name)).toEqual(['short']);
  });

  it('is shown as lost where its state is no state', async () => {
    await submit('short');
    await whileNot('its end', async () => (await stateOf('short')) === 'exited');
    writeFileSync(join(folder.stateFolder, 'jobs/short/1/state.json'), '{"name": "sho');
    expect(await folder.jobs.list()).toMatchObject([{ name: 'short', state: 'lost' }]);
    expect(await submit('short')).toMatchObject({ id: '2' });
  });
});
