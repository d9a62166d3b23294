import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXECUTABLE, ended, freshet, inFolder, rowsOf, start, until } from './run-freshet.js';

const FRESHET = `'${process.execPath}' '${EXECUTABLE}'`;

/** What a process has written so far. */
function collected(stream: NodeJS.ReadableStream | null): { text: string } {
  const all = { text: '' };
  stream?.on('data', (chunk: Buffer) => {
    all.text += chunk;
  });
  return all;
}

const reading = (node: string, temperature: number, at = Date.now()): string =>
  `${JSON.stringify({ node_name: node, temperature, timestamp: new Date(at).toISOString() })}\n`;

describe('a monitor with --kill and no target', { timeout: 120_000 }, () => {
  it('stops the pipeline that it stands in at its first breach, with status 5', async () => {
    await inFolder(async (cwd) => {
      const stages = [
        `(${FRESHET} produce pairs --odd-share 0.5; echo $? > produced)`,
        `(${FRESHET} transform parity; echo $? > transformed)`,
        `${FRESHET} monitor ratio --max 0.3 --size 1s --kill --report-file report.txt`,
      ];
      const { out, err, status } = await ended(spawn('sh', ['-c', stages.join(' | ')], { cwd, stdio: 'pipe' }));
      expect(status).toBe(5);
      expect(rowsOf(out).at(-1)).toMatchObject({ monitor: 'ratio', status: 'breach', max: 0.3 });
      expect(err).toMatch(/^freshet: ratio was breached: the ratio 0\.\d+ is over 0\.3: \d+ of \d+ are bad \(/);
      const [first = ''] = readFileSync(join(cwd, 'report.txt'), 'utf8').split('\n');
      expect(first).toBe(`Ratio(unsuccess/total) = ${rowsOf(out)[0]?.ratio}`);
      // Their reader has gone away.
      for (const stage of ['produced', 'transformed']) {
        await until(`the end of what ${stage}`, () => readFileSync(join(cwd, stage), 'utf8') !== '');
        expect(readFileSync(join(cwd, stage), 'utf8')).toBe('0\n');
      }
    });
  });

  it('lets through what came before, and then its reader sees the end', async () => {
    const child = start([
      'monitor',
      'anomaly',
      '--schema',
      'sensor',
      '--field',
      'temperature',
      '--high',
      '30',
      '--pass',
      '--kill',
      '--every',
      '50ms',
    ]);
    const out = collected(child.stdout);
    const lines = [reading('a', 20), reading('b', 20)];
    child.stdin?.write(lines.join(''));
    await until('the records', () => out.text === lines.join(''));
    const hot = reading('a', 31);
    child.stdin?.write(hot);
    // Its standard input stays open.
    const { status } = await new Promise<{ status: number | null }>((resolve) =>
      child.on('exit', (code) => resolve({ status: code })),
    );
    expect(status).toBe(5);
    expect(out.text).toBe(lines.join('') + hot);
  });

  it('goes on where the ratio is good', async () => {
    const pipeline = `${FRESHET} produce pairs --count 20000 --odd-share 0.1 | ${FRESHET} transform parity | ${FRESHET} monitor ratio --max 0.3 --size 1s --kill`;
    const { out, status } = await ended(spawn('sh', ['-c', pipeline], { stdio: 'pipe' }));
    expect(status).toBe(0);
    expect(rowsOf(out).reduce((sum, { total }) => sum + Number(total), 0)).toBe(20_000);
  });
});

describe('a live pipe that is quiet', { timeout: 120_000 }, () => {
  it('has the windows of records that are stamped on arrival closed by the clock', async () => {
    const child = start(['monitor', 'ratio', '--size', '200ms', '--every', '50ms']);
    const out = collected(child.stdout);
    child.stdin?.write('{"outcome":1}\n');
    await until('the first window', () => out.text !== '');
    expect(rowsOf(out.text)).toMatchObject([{ status: 'ok', bad: 0, total: 1 }]);
    child.stdin?.write('{"outcome":0}\n');
    await until('the second window', () => rowsOf(out.text).length === 2);
    child.stdin?.end();
    const { status, err } = await ended(child);
    expect(err).toContain('ratio was breached once');
    expect(status).toBe(5);
  });

  it('is told of by the clock, and so is its return', async () => {
    const flags = ['--schema', 'sensor', '--silence', '1s', '--expect', 'a,z', '--every', '50ms'];
    const child = start(['monitor', 'missing', ...flags]);
    const out = collected(child.stdout);
    child.stdin?.write(reading('a', 20));
    const statuses = (node: string): unknown[] =>
      rowsOf(out.text).flatMap((row) => (row.node_name === node ? [row.status] : []));
    await until('the silence', () => statuses('a').length === 1 && statuses('z').length === 1);
    child.stdin?.write(reading('a', 20));
    await until('the return', () => statuses('a').length >= 2);
    expect(statuses('a').slice(0, 2)).toEqual(['breach', 'ok']);
    child.kill('SIGTERM');
    child.stdin?.end();
    expect((await ended(child)).status).toBe(5);
  });

  it('ends with the status of a signal where nothing was breached', async () => {
    const child = start(['monitor', 'ratio', '--size', '100ms', '--every', '50ms', '--drain', '100ms']);
    const out = collected(child.stdout);
    child.stdin?.write('{"outcome":1}\n');
    await until('the first window', () => out.text !== '');
    child.kill('SIGTERM');
    expect((await ended(child)).status).toBe(143);
  });
});

it('gives the same rows for a slow pipe as for a file', { timeout: 120_000 }, async () => {
  const begin = Date.UTC(2026, 0, 1);
  const lines = Array.from({ length: 400 }, (_, at) =>
    reading(`n${(at * 7) % 5}`, 20 + ((at * 31) % 17), begin + at * 4000 - ((at * 13) % 9) * 1000),
  );
  for (const [kind, ...flags] of [
    ['ratio', '--bad', 'temperature > 30', '--size', '1m', '--by', 'node_name', '--breaches', '2'],
    ['missing', '--silence', '21s', '--expect', 'n1,n9'],
    ['anomaly', '--field', 'temperature', '--max-change', '40/1m', '--z-score', '2', '--warm-up', '3'],
  ]) {
    const args = [
      'monitor',
      kind ?? '',
      '--schema',
      'sensor',
      '--allowed-lateness',
      '10s',
      '--every',
      '20ms',
      ...flags,
    ];
    const whole = await freshet(args, lines.join(''));
    expect(whole.status).toBe(5);
    const child = start(args);
    for (let from = 0; from < lines.length; from += 40) {
      child.stdin?.write(lines.slice(from, from + 40).join(''));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    child.stdin?.end();
    const slow = await ended(child);
    expect(slow).toEqual(whole);
  }
});
