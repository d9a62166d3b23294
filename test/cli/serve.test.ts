import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshet, inFolder, rowsOf } from './run-freshet.js';
import { ask, servingJobs, stateIn } from './serving-jobs.js';

const SLEEP = `
applications:
  sleep:
    command: [sleep, 1000]
  nap:
    command: [sleep, '\${seconds}']
    maximum: 0.9
`;

describe('freshet serve', () => {
  it('runs what its configuration allows, kills what fails too often, and lets the rest go on when it stops', () =>
    inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'orchestrator.yaml'), SLEEP);
      const serving = await servingJobs(cwd, ['--config', 'orchestrator.yaml', '--log-format', 'json']);
      const submissions = `${serving.url}/submissions`;
      expect(await ask(submissions, { name: 'sleep' })).toMatchObject({
        status: 201,
        body: { name: 'sleep', state: 'running', command: ['sleep', '1000'] },
      });
      expect(await ask(submissions, { sparkAppName: 'sleep' })).toMatchObject({ status: 409 });
      expect(await ask(submissions, { name: 'sleep; rm -rf /' })).toMatchObject({ status: 422 });
      expect(await ask(submissions, { name: 'nap', settings: { seconds: '1; true' } })).toMatchObject({ status: 201 });
      expect(await ask(submissions, { name: 'sleep', mainClass: 'Main' })).toMatchObject({ status: 422 });

      const nap = (await ask(`${submissions}/nap`)).body;
      expect(['failed', 'running', 'starting']).toContain(nap.state);
      expect(nap.command).toEqual(['sleep', '1; true']);

      const ratio = { ratio: 0.31, applicationName: 'sleep' };
      expect(await ask(`${submissions}/check_ratio`, ratio)).toMatchObject({
        status: 200,
        body: { exceeded: true, maximum: 0.3, kill: { target: 'job:sleep', signals: ['SIGTERM'], after: 'gone' } },
      });
      expect((await ask(`${submissions}/sleep`)).body).toMatchObject({ state: 'killed', id: '1' });
      expect(await ask(submissions, { name: 'sleep' })).toMatchObject({ status: 201, body: { id: '2' } });

      serving.child.kill('SIGTERM');
      const { status, err } = await serving.end;
      expect(status).toBe(143);
      expect(rowsOf(err)).toContainEqual({
        ...{
          level: 'info',
          event: 'kill',
          job: 'sleep',
          ratio: 0.31,
          maximum: 0.3,
          signals: ['SIGTERM'],
          after: 'gone',
        },
        message: expect.stringMatching(
          /^kill job:sleep, ratio 0.31 over 0.3 by 127\.0\.0\.1:\d+: .* got SIGTERM and is gone$/,
        ),
        by: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        at: expect.stringMatching(/Z$/),
      });
      expect(rowsOf(err)).toContainEqual({ level: 'warn', message: 'stopped serving; sleep goes on' });
      const list = await freshet(['job', 'list', '--format', 'json'], '', { env: stateIn(cwd) });
      expect(JSON.parse(list.out)).toMatchObject([{ name: 'nap' }, { name: 'sleep', id: '2', state: 'running' }]);
      expect((await freshet(['job', 'kill', 'sleep'], '', { env: stateIn(cwd) })).status).toBe(0);
    }));

  it('makes a token that its owner alone may read, and shows it to nobody', () =>
    inFolder(async (cwd) => {
      const serving = await servingJobs(cwd, [], stateIn(cwd, ''));
      const path = join(cwd, 'freshet/orchestrator-token');
      expect(serving.said()).toContain(`the token that clients must show is in ${path}\n`);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const token = readFileSync(path, 'utf8').trim();
      expect((await fetch(`${serving.url}/submissions`)).status).toBe(401);
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${serving.url}/submissions`, { headers })).status).toBe(200);
      serving.child.kill('SIGINT');
      const { status, err, out } = await serving.end;
      expect([status, out, err.includes(token)]).toEqual([130, '', false]);
    }));

  it('refuses what could not be meant, before it listens', () =>
    inFolder(async (cwd) => {
      const run = (...args: string[]) => freshet(['serve', ...args], '', { cwd, env: stateIn(cwd) });
      expect(await run('--no-auth', '--listen', '0.0.0.0:0')).toMatchObject({
        status: 2,
        err: expect.stringContaining('--no-auth: other machines reach 0.0.0.0:0, and could stop any job'),
      });
      expect(await run('--config', 'nowhere.yaml')).toMatchObject({
        status: 2,
        err: "freshet: nowhere.yaml can't be opened: there is no such file\n",
      });
      writeFileSync(join(cwd, 'wrong.yaml'), 'applications:\n  parity:\n    maximun: 0.5\n');
      expect(await run('--config', 'wrong.yaml')).toMatchObject({
        status: 2,
        err: 'freshet: wrong.yaml:3:14: applications.parity.maximun is not known\n  Did you mean maximum?\n',
      });
      writeFileSync(join(cwd, 'wrong.json'), '{"applications": {"parity": {"command": []}}}');
      expect(await run('--config', 'wrong.json')).toMatchObject({
        status: 2,
        err: expect.stringContaining('wrong.json:1:41: applications.parity.command must be a list of words'),
      });
      const short = await freshet(['serve'], '', { cwd, env: stateIn(cwd, 'short') });
      expect([short.status, short.err]).toEqual([2, expect.stringContaining('the token is no text of 16 to 512')]);
      expect(short.err).not.toContain('short');
    }));

  it('says that its port is taken', () =>
    inFolder(async (cwd) => {
      const serving = await servingJobs(cwd, []);
      const { host } = new URL(serving.url);
      const second = await freshet(['serve', '--listen', host], '', { cwd, env: stateIn(cwd) });
      expect([second.status, second.err]).toEqual([4, expect.stringContaining('another program listens there')]);
      serving.child.kill('SIGTERM');
      await serving.end;
    }));
});
