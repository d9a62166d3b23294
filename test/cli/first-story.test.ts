import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EXECUTABLE, ended, freshet, inFolder, rowsOf, start, until } from './run-freshet.js';
import { ask, type ServingJobs, servingJobs, stateIn } from './serving-jobs.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

interface Story {
  readonly cwd: string;
  readonly serving: ServingJobs;
  /** Where pairs are taken, and where outcomes are. */
  readonly pairs: number;
  readonly outcomes: number;
  /** Starts a freshet that goes on, and gives what it has said and written. */
  run(...args: string[]): { readonly child: ChildProcess; readonly text: () => string };
}

/**
 * Pairs come over TCP to the application, which says of each whether it went well; a monitor takes that over TCP, too,
 * and the orchestrator, which has started the application, is to stop it when too much goes wrong.
 */
function tell(story: (story: Story) => Promise<void>): Promise<void> {
  return inFolder(async (cwd) => {
    const [pairs, outcomes] = [await freePort(), await freePort()];
    const parity = [process.execPath, EXECUTABLE, 'transform', 'parity'];
    const ends = ['--from', `tcp-listen:${pairs}`, '--from-format', 'tsv', '--to', `tcp:127.0.0.1:${outcomes}`];
    const application = { command: [...parity, ...ends], maximum: 0.3 };
    writeFileSync(join(cwd, 'orchestrator.json'), JSON.stringify({ applications: { parity: application } }));
    const serving = await servingJobs(cwd, ['--config', 'orchestrator.json', '--log-format', 'json', '--grace', '20s']);
    const run: Story['run'] = (...args) => {
      const child = start(args, { cwd, env: stateIn(cwd) });
      children.push(child);
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      return { child, text: () => text };
    };
    try {
      expect((await ask(`${serving.url}/submissions`, { name: 'parity' })).status).toBe(201);
      await story({ cwd, serving, pairs, outcomes, run });
    } finally {
      await freshet(['job', 'kill', 'parity', '--grace', '0'], '', { env: stateIn(cwd) });
      serving.child.kill('SIGTERM');
      await serving.end;
    }
  });
}

describe('the first story: pairs, parity, a monitor and the orchestrator', () => {
  const monitor = (outcomes: number, url: string): string[] => [
    ...['monitor', 'ratio', '--from', `tcp-listen:${outcomes}`, '--schema', 'outcome', '--size', '500ms'],
    ...['--max', '0.3', '--min-samples', '5', '--breaches', '2', '--every', '100ms'],
    ...['--report-file', 'monitoring-report', '--kill', '--target', `${url}#parity`, '--to', 'ratios.ndjson'],
  ];
  const stateOf = async (url: string): Promise<unknown> => (await ask(`${url}/submissions/parity`)).body.state;
  const pairsOf = (share: string, port: number): string[] => [
    ...['produce', 'pairs', '--format', 'tsv', '--rate', '100', '--odd-share', share],
    ...['--to', `tcp:127.0.0.1:${port}?wait=20s`],
  ];

  it('stops the application when the ratio is bad', () =>
    tell(async ({ cwd, serving, pairs, outcomes, run }) => {
      const watching = run(...monitor(outcomes, serving.url));
      run(...pairsOf('0.8', pairs));
      await until('the kill', () => rowsOf(serving.said()).some(({ event }) => event === 'kill'));
      expect(rowsOf(serving.said())).toContainEqual(
        expect.objectContaining({ event: 'kill', job: 'parity', signals: ['SIGTERM'], after: 'gone' }),
      );
      expect(await stateOf(serving.url)).toBe('killed');
      expect(readFileSync(join(cwd, 'monitoring-report'), 'utf8')).toMatch(/Ratio\(unsuccess\/total\) = 0\.\d+/);
      await until('the word of the monitor', () => watching.text().includes('got SIGTERM and is gone'));
      const end = ended(watching.child);
      watching.child.kill('SIGTERM');
      expect((await end).status).toBe(5);
    }));

  it('leaves it alone when the ratio is good', () =>
    tell(async ({ cwd, serving, pairs, outcomes, run }) => {
      run(...pairsOf('0.05', pairs));
      const watching = run(...monitor(outcomes, serving.url));
      const report = join(cwd, 'monitoring-report');
      const ratios = (): string[] => (existsSync(report) ? (readFileSync(report, 'utf8').match(/Ratio.*/g) ?? []) : []);
      await until('some windows', () => ratios().length >= 6);
      expect(await stateOf(serving.url)).toBe('running');
      expect(rowsOf(serving.said()).filter(({ event }) => event === 'kill')).toEqual([]);
      const end = ended(watching.child);
      watching.child.kill('SIGTERM');
      expect((await end).status).toBe(143);
    }));

  it('takes ratios as the first monitor posted them', () =>
    tell(async ({ serving }) => {
      const check = `${serving.url}/submissions/check_ratio`;
      expect((await ask(check, { ratio: 0.3, applicationName: 'parity' })).body).toMatchObject({ exceeded: false });
      expect(await stateOf(serving.url)).toBe('running');
      expect((await ask(check, { ratio: 0.31, applicationName: 'parity' })).body).toMatchObject({
        exceeded: true,
        kill: { after: 'gone' },
      });
      expect(await stateOf(serving.url)).toBe('killed');
    }));
});
