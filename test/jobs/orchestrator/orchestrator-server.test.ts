import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BearerToken } from '../../../src/jobs/orchestrator/bearer-token.js';
import { configurationOf } from '../../../src/jobs/orchestrator/configuration.js';
import { type Kill, Orchestrator } from '../../../src/jobs/orchestrator/orchestrator.js';
import { OrchestratorServer } from '../../../src/jobs/orchestrator/orchestrator-server.js';
import { ServiceError } from '../../../src/records/errors.js';
import { MemoryJobs } from './memory-jobs.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const ADDRESS = { host: '127.0.0.1', port: 0 };
const CONFIGURATION = configurationOf(
  { applications: { parity: {}, patient: { maximum: 0.9 } } },
  'o.yaml',
  () => undefined,
);

let jobs: MemoryJobs;
let audited: Kill[];
let failures: unknown[];
let server: OrchestratorServer;

async function open(token?: string): Promise<void> {
  jobs = new MemoryJobs(['parity', 'patient', 'a b']);
  audited = [];
  failures = [];
  const orchestrator = new Orchestrator({
    backend: jobs,
    configuration: CONFIGURATION,
    grace: 10,
    audit: (kill) => audited.push(kill),
  });
  server = await OrchestratorServer.open({
    address: ADDRESS,
    orchestrator,
    failed: (error) => failures.push(error),
    ...(token === undefined ? {} : { token: new BearerToken(token) }),
  });
}

beforeEach(() => open(TOKEN));
afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? JSON.parse(text) : { text },
  };
}

const submit = (name: string): Promise<Answer> => ask('POST', '/submissions', { name });
const ratio = (value: unknown, applicationName: unknown = 'parity'): Promise<Answer> =>
  ask('POST', '/submissions/check_ratio', { ratio: value, applicationName });

describe('the orchestrator', () => {
  it('starts, shows and stops jobs by name', async () => {
    expect(await ask('GET', '/submissions')).toMatchObject({ status: 200, body: { submissions: [] } });
    const started = await submit('parity');
    expect(started).toMatchObject({ status: 201, body: { name: 'parity', state: 'running' } });
    expect(started.headers.get('location')).toBe('/submissions/parity');
    const shown = { name: 'parity', id: '1', state: 'running', startedAt: '1970-01-01T00:00:00.000Z' };
    expect((await ask('GET', '/submissions/parity')).body).toMatchObject(shown);
    expect((await ask('GET', '/submissions')).body).toMatchObject({ submissions: [shown] });
    expect(await ask('POST', '/submissions/parity/kill')).toMatchObject({
      status: 200,
      body: { target: 'job:parity', signals: ['SIGTERM'], after: 'gone' },
    });
    expect((await ask('GET', '/submissions/parity')).body).toMatchObject({ state: 'killed', exitStatus: 143 });
    expect((await ask('POST', '/submissions/parity/kill')).body).toMatchObject({ after: 'was gone before' });
  });

  it('shows no passwords of commands', async () => {
    jobs.command = ['freshet', '--to', 'mysql://root:hunter2@db/yt'];
    const answers = [await submit('parity'), await ask('GET', '/submissions'), await ask('GET', '/submissions/parity')];
    for (const { body } of answers) {
      expect(JSON.stringify(body)).toContain('mysql://root:***@db/yt');
      expect(JSON.stringify(body)).not.toContain('hunter2');
    }
  });

  it('says who asked for each kill, why, and what came of it', async () => {
    await submit('parity');
    await ratio(0.5);
    await ask('POST', '/submissions/parity/kill');
    expect(audited).toMatchObject([
      { name: 'parity', breach: { ratio: 0.5, maximum: 0.3 }, stopped: { after: 'gone' } },
      { name: 'parity', stopped: { after: 'was gone before' } },
    ]);
    expect(audited.map(({ by }) => by)).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/), expect.any(String)]);
  });

  it('takes the fields that the first orchestrator took, and says which of them are of no use here', async () => {
    expect(await ask('POST', '/submissions', { sparkAppName: 'parity' })).toMatchObject({ status: 201 });
    await ask('POST', '/submissions/parity/kill');
    const all = {
      ...{ sparkMasterUi: 'http://master:8080', appResource: 'app.jar', clientSparkVersion: '2.2.0' },
      ...{ mainClass: 'Main', sparkJars: 'app.jar', sparkAppName: 'parity', sparkMaster: 'spark://master:7077' },
    };
    expect(await ask('POST', '/submissions', all)).toMatchObject({
      status: 422,
      body: { detail: 'job parity has no setting sparkMasterUi' },
    });
  });

  it('stops an application whose ratio is over its maximum, and no other', async () => {
    await submit('parity');
    await submit('patient');
    expect(await ratio(0.3)).toMatchObject({ status: 200, body: { exceeded: false, maximum: 0.3 } });
    expect((await ratio(0.31, 'patient')).body).toMatchObject({ exceeded: false, maximum: 0.9 });
    expect(jobs.kills).toEqual([]);
    expect((await ratio(0.31)).body).toMatchObject({
      ...{ applicationName: 'parity', ratio: 0.31, maximum: 0.3, exceeded: true },
      kill: { after: 'gone' },
      message: 'parity fails in 0.31 of its steps, and may in 0.3 at most: job parity: gone',
    });
    // It is not stopped twice.
    expect((await ratio(1)).body).toMatchObject({
      exceeded: true,
      message: expect.stringMatching(/it is not running$/),
    });
    expect(jobs.kills).toEqual(['parity']);
    expect((await ask('GET', '/submissions/patient')).body).toMatchObject({ state: 'running' });
  });

  it.each([
    ['a ratio above 1', { ratio: 1.01, applicationName: 'parity' }, /ratio must be a number from 0 to 1/],
    ['a ratio as a text', { ratio: '0.5', applicationName: 'parity' }, /ratio must be a number/],
    ['no ratio, as of 0 of 0', { ratio: null, applicationName: 'parity' }, /ratio must be a number/],
    ['no name', { ratio: 0.5 }, /applicationName must be there/],
    ['a field that it does not know', { ratio: 0.5, applicationName: 'parity', max: 1 }, /"max" is not known/],
    ['a list', [], /an object is expected/],
    ['what is no JSON', '{"ratio":', /no JSON text/],
  ])('answers 400 to %s', async (_, body, detail) => {
    const answer = await ask('POST', '/submissions/check_ratio', body);
    expect(answer).toMatchObject({
      status: 400,
      body: { title: 'Bad Request', detail: expect.stringMatching(detail) },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each([
    ['GET', '/submissions/nobody'],
    ['POST', '/submissions/nobody/kill'],
    ['GET', '/submissions/..%2F..%2Fetc'],
    ['POST', '/submissions/%00/kill'],
    ['GET', '/submissions/%zz'],
    ['GET', '/submissions/parity/logs'],
    ['GET', '/'],
  ])('answers 404 to %s %s', async (method, path) => {
    expect(await ask(method, path)).toMatchObject({ status: 404, body: { status: 404, title: 'Not Found' } });
  });

  it('refuses what it does not know, what runs, and other methods', async () => {
    expect(await ratio(0.5, 'nobody')).toMatchObject({ status: 404 });
    expect(await submit('nobody')).toMatchObject({ status: 422, body: { next: 'There are others.' } });
    expect(await submit('../etc')).toMatchObject({ status: 422 });
    expect(await ask('POST', '/submissions', { name: 'parity', command: ['rm', '-rf', '/'] })).toMatchObject({
      status: 400,
      body: { detail: '"command" is not known: name, settings and Spark\'s are' },
    });
    await submit('parity');
    expect(await submit('parity')).toMatchObject({ status: 409, body: { detail: 'job parity runs: kill it first' } });
    expect(await ask('POST', '/submissions', { name: 'parity', settings: { x: '1' } })).toMatchObject({
      status: 422,
      body: { detail: 'job parity has no setting x' },
    });
    const wrong = await ask('DELETE', '/submissions/parity');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await ask('GET', '/submissions/check_ratio')).status).toBe(405);
    const text = { 'content-type': 'text/plain' };
    expect((await ask('POST', '/submissions', '{"name":"patient"}', text)).status).toBe(415);
    // What curl says of -d, and what a page may say.
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const page = { ...form, origin: 'http://a.example' };
    expect((await ask('POST', '/submissions', '{"name":"patient"}', page)).status).toBe(415);
    expect((await ask('POST', '/submissions', '{"name":"patient"}', form)).status).toBe(201);
  });

  it('shares one kill among those who ask at once', async () => {
    await submit('parity');
    let release = (): void => {};
    jobs.gate = new Promise((resolve) => {
      release = resolve;
    });
    const asked = Array.from({ length: 20 }, (_, at) =>
      at % 2 ? ratio(0.9) : ask('POST', '/submissions/parity/kill'),
    );
    while (jobs.kills.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    release();
    const answers = await Promise.all(asked);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await ask('GET', '/submissions/parity')).body).toMatchObject({ state: 'killed' });
    expect(audited.filter(({ stopped }) => stopped?.after === 'gone').length).toBeGreaterThan(0);
  });

  it.each([
    ['none', undefined],
    ['another', `Bearer ${TOKEN.replace('0', '1')}`],
    ['the front of it', `Bearer ${TOKEN.slice(0, -1)}`],
    ['more than it', `Bearer ${TOKEN}0`],
    ['an empty one', 'Bearer '],
    ['of another kind', `Basic ${TOKEN}`],
  ])('answers 401 to who shows a token that is %s', async (_, authorization) => {
    await submit('parity');
    for (const path of [
      '/submissions/parity/kill',
      '/submissions/check_ratio',
      '/submissions',
      '/nothing',
      '/metrics',
    ]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const response = await fetch(`${server.url}${path}`, { method: 'POST', headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringMatching(/^Bearer /),
      ]);
    }
    expect(jobs.kills).toEqual([]);
    for (const path of ['/healthz', '/openapi.json']) expect((await fetch(`${server.url}${path}`)).status).toBe(200);
  });

  it('answers without a token to this machine alone, and to no page in a browser', async () => {
    await server.close();
    await open();
    expect((await fetch(`${server.url}/submissions`)).status).toBe(200);
    const page = await fetch(`${server.url}/submissions/parity/kill`, {
      method: 'POST',
      headers: { origin: 'http://a.example' },
    });
    expect(page.status).toBe(403);
    const rebound = await new Promise((resolve) => {
      request(`${server.url}/submissions`, { headers: { host: 'a.example:3000' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end();
    });
    expect(rebound).toBe(403);
  });

  it('bounds bodies, told of beforehand or not', async () => {
    expect((await ask('POST', '/submissions', ' '.repeat(70_000))).status).toBe(413);
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(10_000, ' ')),
    });
    const half = { duplex: 'half' as const };
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const endless = await fetch(`${server.url}/submissions`, { ...half, method: 'POST', body, headers });
    expect(endless.status).toBe(413);
    expect((await ask('GET', '/healthz')).status).toBe(200);
  });

  it('lets nobody hold a connection by sending slowly', async () => {
    const { port } = new URL(server.url);
    const slow = connect(Number(port), '127.0.0.1');
    slow.write('POST /submissions HTTP/1.1\r\nHost: x\r\n');
    let answered = '';
    slow.on('data', (chunk) => {
      answered += chunk;
    });
    await new Promise((resolve) => slow.once('close', resolve));
    expect(answered).toMatch(/^HTTP\/1.1 408 /);
  });

  it('says when jobs are out of reach, and hides what is wrong with itself', async () => {
    await submit('parity');
    jobs.failure = new ServiceError('the disk is full', 'Free some space.');
    expect(await submit('parity')).toMatchObject({ status: 503 });
    expect(await ask('GET', '/submissions')).toMatchObject({
      status: 503,
      body: { detail: 'the disk is full', next: 'Free some space.' },
    });
    jobs.failure = new TypeError('secret of the house');
    const answer = await ask('GET', '/submissions');
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([500, expect.not.stringContaining('secret')]);
    expect(failures).toEqual([jobs.failure]);
  });

  it('ends the kills that were asked for before it stops', async () => {
    await submit('parity');
    let release = (): void => {};
    jobs.gate = new Promise((resolve) => {
      release = resolve;
    });
    const kill = ask('POST', '/submissions/parity/kill');
    while (jobs.kills.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = server.close();
    release();
    expect(await kill).toMatchObject({ status: 200, body: { after: 'gone' } });
    await closed;
  });

  it('counts for Prometheus', async () => {
    await submit('parity');
    await ratio(0.5);
    const { body, headers } = await ask('GET', '/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
    for (const line of [
      'freshet_orchestrator_jobs{state="killed"} 1',
      'freshet_orchestrator_kills_total{by="breach",after="gone"} 1',
      'freshet_orchestrator_ratio{application="parity"} 0.5',
      'freshet_orchestrator_ratio_maximum{application="parity"} 0.3',
      'freshet_orchestrator_requests_total{status="201"} 1',
    ]) {
      expect(String(body.text).split('\n')).toContain(line);
    }
  });
});
