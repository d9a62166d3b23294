import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processTable } from '../../src/jobs/process-table.js';
import { EXECUTABLE, end, ended, freshet, start, until } from './run-freshet.js';

/** `freshet` in a shell. */
const FRESHET = `'${process.execPath}' '${EXECUTABLE}'`;

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-jobs-'));
  env = { ...process.env, XDG_STATE_HOME: folder };
});
afterEach(async () => {
  for (const { name } of await list()) await job('kill', name, '--grace', '0');
  rmSync(folder, { recursive: true, force: true });
});

const job = (...words: string[]) => freshet(['job', ...words], '', { env });
const list = async (): Promise<{ name: string; [field: string]: unknown }[]> =>
  JSON.parse((await job('list', '--format', 'json')).out);
const statusOf = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse((await job('status', name, '--format', 'json')).out);
const log = (name: string): string => readFileSync(join(folder, 'freshet/jobs', name, '1/log'), 'utf8');
const shell = (text: string): ChildProcess => spawn('sh', ['-c', text], { env, detached: true, stdio: 'pipe' });

async function whileNot(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await holds()); ) if (Date.now() > end) throw new Error(`no ${what}`);
}

describe('job run in the foreground', () => {
  it('stands in a pipeline, and keeps what is said beside the records', async () => {
    const pairs = `${FRESHET} produce pairs --count 5000 --seed 1`;
    const plain = await ended(shell(`${pairs} | ${FRESHET} transform parity`));
    const run = await ended(
      shell(
        `${pairs} | ${FRESHET} job run parity -- sh -c 'echo hello >&2; exec "$@"' sh ${FRESHET} transform parity | cat`,
      ),
    );
    expect(run.out).toBe(plain.out);
    expect(run.err).toBe('hello\n');
    expect(await statusOf('parity')).toMatchObject({ state: 'exited', exitStatus: 0, restarts: 0 });
    expect((await job('logs', 'parity')).out).toBe('hello\n');
  });

  it('ends when its reader goes away', async () => {
    const run = await ended(shell(`${FRESHET} job run yes -- yes | head -1`));
    expect(run.out).toBe('y\n');
    // Killed by SIGPIPE, as it would be without.
    expect(await statusOf('yes')).toMatchObject({ state: 'failed', exitStatus: 141 });
  });

  it.each([
    ['exit 7', 7],
    ['kill -TERM $$', 143],
    ['kill -9 $$', 137],
  ])('passes on how it ended: %s', async (text, status) => {
    expect((await job('run', 'it', '--', 'sh', '-c', text)).status).toBe(status);
    expect(await statusOf('it')).toMatchObject({ exitStatus: status });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes on %s', async (signal) => {
    const text = `trap 'echo bye; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`;
    const run = start(['job', 'run', 'it', '--restart', 'on-failure', '--', 'sh', '-c', text], { env });
    let out = '';
    run.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    await until('its word', () => out === 'ready\n');
    run.kill(signal);
    expect((await end(run)).status).toBe(9);
    await until('its last word', () => out === 'ready\nbye\n');
    expect(await statusOf('it')).toMatchObject({ state: 'killed', exitStatus: 9, restarts: 0 });
  });

  it('loses no row when ctrl-C comes to all of a pipeline', async () => {
    const stages = [
      `${FRESHET} produce yt --channels 50 --log-format json 2> ${folder}/produced`,
      `(trap '' INT; exec tee ${folder}/raw)`,
      `${FRESHET} job run daily -- ${FRESHET} aggregate daily --every 100ms --log-format json 2> ${folder}/aggregated`,
      `(trap '' INT; exec cat > ${folder}/daily)`,
    ];
    const pipeline = shell(`trap '' INT; ${stages.join(' | ')}`);
    await until('rows', () => (statSync(`${folder}/daily`, { throwIfNoEntry: false })?.size ?? 0) > 0);
    process.kill(-(pipeline.pid ?? 0), 'SIGINT');
    await end(pipeline);
    const lines = readFileSync(`${folder}/raw`, 'utf8').split('\n').length - 1;
    expect(lastLine(`${folder}/produced`)).toMatchObject({ event: 'summary', rows: lines });
    expect(lastLine(`${folder}/aggregated`)).toMatchObject({ event: 'summary', records: lines });
    expect(await statusOf('daily')).toMatchObject({ state: 'killed', exitStatus: 130 });
  });

  it('gives what a terminal would be: its errors can be opened again by name', async () => {
    const run = await job('run', 'it', '--', 'sh', '-c', 'echo again > /dev/stderr');
    expect([run.status, run.err]).toEqual([0, 'again\n']);
  });

  it('goes on without a log where no file may grow any more', async () => {
    // A file may have one block, of 512 or 1024 bytes; the state of the job fits.
    const text = 'seq 1 2000 >&2; echo done';
    const run = await ended(shell(`ulimit -f 1; exec ${FRESHET} job run full -- sh -c '${text}'`));
    expect([run.status, run.out]).toEqual([0, 'done\n']);
    expect(run.err).toContain("log can't be written: the file would become larger than allowed; the job goes on\n");
    expect(run.err).toContain('\n2000\n');
    expect(await statusOf('full')).toMatchObject({ state: 'exited', exitStatus: 0 });
  });
});

describe('job run that is refused', () => {
  it('starts nothing where its state can not be written', async () => {
    const mark = join(folder, 'started');
    const run = await ended(shell(`ulimit -f 0; exec ${FRESHET} job run it -- touch ${mark}`));
    expect(run.status).toBe(4);
    expect(run.err).toContain("freshet: job it was not started, as its state can't be written: ");
    const detached = await ended(shell(`ulimit -f 0; exec ${FRESHET} job run it --detach -- touch ${mark}`));
    expect(detached.status).toBe(4);
    expect(detached.err).toContain("job it was not started, as its state can't be written: ");
    expect(await list()).toEqual([]);
    expect(() => readFileSync(mark)).toThrow();
  });

  it('is one of two of a name, whoever comes first', async () => {
    const mark = join(folder, 'started');
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => job('run', 'it', '--detach', '--', 'sh', '-c', `echo >> ${mark}; sleep 1000`)),
    );
    expect(runs.map(({ status }) => status).sort()).toEqual([0, 2, 2, 2, 2, 2]);
    for (const { status, err } of runs) if (status === 2) expect(err).toContain('freshet: job it runs already');
    await until('its start', () => readFileSync(mark, 'utf8') !== '');
    await job('kill', 'it');
    expect(readFileSync(mark, 'utf8')).toBe('\n');
  });
});

describe('job run --detach', () => {
  it('outlives who has started it, and its log can be followed to its end', async () => {
    const run = await job(
      'run',
      'it',
      '-d',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; until test -e go; do sleep 0.05; done; echo end',
    );
    expect([run.status, run.out]).toEqual([0, '']);
    expect(run.err).toMatch(/^freshet: job it runs as process \d+\n$/);
    expect(await list()).toMatchObject([{ name: 'it', state: 'running', command: ['sh', '-c', expect.any(String)] }]);
    const following = start(['job', 'logs', '-f', 'it'], { env });
    let seen = '';
    following.stdout?.on('data', (chunk) => {
      seen += chunk;
    });
    await until('what was said', () => seen === 'out\nerr\n');
    await job('kill', 'it');
    expect((await end(following)).status).toBe(0);
    expect(seen).toBe('out\nerr\n');
  });

  it('is not started again when it is killed while it waits for that', async () => {
    await job('run', 'it', '-d', '--restart', 'on-failure', '--', 'sh', '-c', 'exit 1');
    await whileNot('pause', async () => (await statusOf('it')).state === 'starting');
    const killed = await job('kill', 'it');
    expect(killed.status).toBe(0);
    expect(await statusOf('it')).toMatchObject({ state: 'killed' });
    const { restarts } = await statusOf('it');
    expect(log('it').split('is started again').length - 1).toBe(Number(restarts) + 1);
  });

  it('ends as killed when its supervisor is told to end', async () => {
    await job('run', 'it', '-d', '--restart', 'on-failure', '--', 'sleep', '1000');
    const { supervisor, process: its } = JSON.parse(readFileSync(join(folder, 'freshet/jobs/it/1/state.json'), 'utf8'));
    process.kill(supervisor.pid, 'SIGTERM');
    await whileNot('end', async () => (await statusOf('it')).state === 'killed');
    expect(processTable.find(its.pid)).toBeUndefined();
  });
});

function lastLine(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '');
}
