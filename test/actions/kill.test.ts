import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killTarget } from '../../src/actions/kill-target.js';
import { procTable } from '../../src/jobs/proc-table.js';
import { ownIdentity, processTable } from '../../src/jobs/process-table.js';
import { end, until } from '../cli/run-freshet.js';
import { JobFolder } from '../jobs/local/job-folder.js';
import { alertOf } from './alert.js';
import { HttpPeer } from './http-peer.js';

const never = new AbortController().signal;
const GRACE_MS = 20_000;

describe('kill pid:N', () => {
  let child: ChildProcess;
  beforeEach(() => {
    child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  });
  afterEach(() => child.kill('SIGKILL'));

  const target = (pid: unknown) => killTarget(`pid:${pid}`, { grace: GRACE_MS, stateFolder: '/nonexistent' });

  it('stops that process', async () => {
    const action = await target(child.pid);
    expect(action.name).toBe(`kill pid:${child.pid}`);
    const started = (await action.targetStartedAt?.()) ?? 0;
    expect(Math.abs(started - Date.now())).toBeLessThan(60_000);
    expect(await action.act(alertOf(), never)).toEqual({
      done: true,
      message: `process ${child.pid} got SIGTERM and is gone`,
    });
    expect(await end(child)).toEqual({ status: null, signal: 'SIGTERM' });
    expect(await action.act(alertOf(), never)).toEqual({
      done: false,
      message: `process ${child.pid} was gone before`,
    });
  });

  it.each([
    ['1', 'process 1 runs all others, and is never stopped'],
    [`${process.pid}`, 'that is this monitor itself'],
    ['0', 'the number of a process is needed'],
    ['-1', 'the number of a process is needed'],
    ['x', 'the number of a process is needed'],
    [`${2 ** 30}`, 'there is no such process'],
  ])('refuses %s', async (pid, message) => {
    await expect(target(pid)).rejects.toThrow(`--target pid:${pid}: ${message}`);
  });

  it.runIf(process.platform === 'linux')('leaves one alone that has got its pid', async () => {
    const action = await target(child.pid);
    const { find } = procTable;
    // As if another process had been started under the same pid since.
    procTable.find = (pid) => {
      const found = find(pid);
      return found === undefined ? undefined : { ...found, started: `${found.started}0` };
    };
    try {
      expect(await action.act(alertOf(), never)).toMatchObject({ done: false });
    } finally {
      procTable.find = find;
    }
    expect(processTable.find(child.pid ?? 0)).toBeDefined();
  });
});

describe('kill job:NAME', () => {
  let folder: JobFolder;
  beforeEach(() => {
    folder = new JobFolder({
      endless: { command: ['sh', '-c', 'sleep 1000 & wait'] },
      short: { command: ['true'] },
    });
  });
  afterEach(() => folder.close());

  const target = (name: string) => killTarget(`job:${name}`, { grace: GRACE_MS, stateFolder: folder.stateFolder });

  it('stops the job and its group', async () => {
    const { pid = 0, startedAt } = await folder.jobs.submit({ name: 'endless', settings: {} });
    const action = await target('endless');
    expect(await action.targetStartedAt?.()).toBe(startedAt);
    await until('two processes', () => processTable.ofGroup(pid).length === 2);
    expect(await action.act(alertOf(), never)).toEqual({
      done: true,
      message: `job endless (process group ${pid}, 2 processes) got SIGTERM and is gone`,
    });
    expect(processTable.ofGroup(pid)).toEqual([]);
    expect(await folder.jobs.status('endless')).toMatchObject({ state: 'killed' });
    expect(await action.act(alertOf(), never)).toEqual({
      done: false,
      message: 'job endless was not running (killed)',
    });
  });

  it('leaves one alone that was started after the breach', async () => {
    const end = Date.now() - 1;
    const action = await target('endless');
    expect(await action.act(alertOf(), never)).toEqual({ done: false, message: 'there is no job endless' });
    await folder.jobs.submit({ name: 'endless', settings: {} });
    expect(await action.act(alertOf({ end }), never)).toMatchObject({ done: false });
    expect(await folder.jobs.status('endless')).toMatchObject({ state: 'running' });
  });

  it('refuses the job that it is a part of itself', async () => {
    await folder.jobs.submit({ name: 'short', settings: {} });
    const own = processTable.find(process.pid);
    const file = join(folder.stateFolder, 'jobs/short/1/state.json');
    await until('its end', () => JSON.parse(readFileSync(file, 'utf8')).state === 'exited');
    const state = JSON.parse(readFileSync(file, 'utf8'));
    const first = processTable.find(own?.group ?? 0);
    const identity = { pid: own?.group, started: first?.started ?? '' };
    writeFileSync(file, JSON.stringify({ ...state, state: 'running', process: identity, supervisor: ownIdentity() }));
    await expect(target('short')).rejects.toThrow('--target job:short: this monitor is a part of that job');
    writeFileSync(file, JSON.stringify(state));
  });

  it('refuses what is no name', async () => {
    await expect(target('../x')).rejects.toThrow('is no name of a job');
    await expect(killTarget('parity', { grace: 0, stateFolder: '/' })).rejects.toThrow('it is not known what that is');
  });
});

describe('kill http://…#NAME', () => {
  let peer: HttpPeer | undefined;
  afterEach(async () => {
    await peer?.close();
    peer = undefined;
  });
  const target = (url: string, token?: string) => killTarget(url, { grace: 100, stateFolder: '/', token });

  it('has the orchestrator stop its job', async () => {
    peer = await HttpPeer.open((response, { method }) => {
      const job = { name: 'a b', startedAt: '2026-01-01T00:00:00.500Z' };
      const stopped = { target: 'job:a b', signals: ['SIGTERM'], after: 'gone', message: 'job a b is gone' };
      response.end(JSON.stringify(method === 'GET' ? job : stopped));
    });
    const action = await target(`${peer.url}/v1/#a%20b`, 'secret');
    expect(action.name).toBe(`kill ${peer.url}/v1#a b`);
    expect(await action.targetStartedAt?.()).toBe(Date.UTC(2026, 0, 1) + 500);
    expect(await action.act(alertOf(), never)).toEqual({ done: true, message: 'job a b is gone' });
    expect(peer.received.map(({ method, path, headers }) => [method, path, headers.authorization])).toEqual([
      ['GET', '/v1/submissions/a%20b', 'Bearer secret'],
      ['GET', '/v1/submissions/a%20b', 'Bearer secret'],
      ['POST', '/v1/submissions/a%20b/kill', 'Bearer secret'],
    ]);
  });

  it('stops nothing before it knows since when it runs', async () => {
    const startedAt = new Date().toISOString();
    peer = await HttpPeer.open((response, { method }, number) => {
      response.statusCode = number === 1 || number === 3 ? 503 : 200;
      response.end(JSON.stringify(method === 'GET' ? { startedAt } : { after: 'gone', message: 'it is gone' }));
    });
    const { url, received } = peer;
    const end = Date.parse(startedAt) - 1;
    expect(await (await target(`${url}#x`)).act(alertOf({ end }), never)).toEqual({
      done: false,
      message: 'job x was started after that',
    });
    expect(received.map(({ method }) => method)).toEqual(['GET', 'GET']);
    // Another one may have taken its name between two tries.
    expect(await (await target(`${url}#x`)).act(alertOf(), never)).toMatchObject({ done: true });
    expect(received.slice(2).map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  it('asks for what it does not say when it was started, too', async () => {
    peer = await HttpPeer.open((response) => response.end('{"message":"it is gone"}'));
    expect(await (await target(`${peer.url}#x`)).act(alertOf({ end: 0 }), never)).toEqual({
      done: true,
      message: 'it is gone',
    });
  });

  it('tells why it could not', async () => {
    peer = await HttpPeer.open((response, { headers }) => {
      response.statusCode = headers.authorization === undefined ? 401 : 404;
      response.end(response.statusCode === 401 ? '' : '{"title":"Not Found","detail":"there is no job x"}');
    });
    expect(await (await target(`${peer.url}#x`)).act(alertOf(), never)).toEqual({
      done: false,
      message: 'status 401: FRESHET_TOKEN is not the token that it takes',
    });
    const known = await target(`${peer.url}#x`, 'secret');
    expect(await known.targetStartedAt?.()).toBeUndefined();
    expect(await known.act(alertOf(), never)).toEqual({ done: false, message: 'status 404: there is no job x' });
  });

  it('refuses a URL without a job, and one with a password', async () => {
    await expect(target('http://localhost:3000')).rejects.toThrow('the name of a job is needed behind #');
    const error = await target('http://user:hunter2@localhost:3000#x').catch((thrown: Error) => thrown);
    expect(String(error)).toContain('a token does not stand in the URL');
    expect(String(error)).not.toContain('hunter2');
  });
});
