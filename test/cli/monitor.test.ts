import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXECUTABLE, end, ended, freshet, inFolder, rowsOf, start, until } from './run-freshet.js';

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

describe('a monitor with --kill and no target', () => {
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

describe('a live pipe that is quiet', () => {
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

describe('a monitor that is told to stop while its input goes on', () => {
  it.each([
    ['missing', ['--schema', 'sensor', '--silence', '1h', '--expect', 'a,b']],
    ['ratio', ['--schema', 'sensor', '--bad', 'temperature > 20', '--size', '1h']],
  ])('says nothing of what is open: %s', async (kind, flags) => {
    await inFolder(async (cwd) => {
      const from = ['--from', 'tcp-listen:127.0.0.1:0'];
      const child = start(['monitor', kind, ...flags, ...from, '--exec', 'cat > acted'], {
        cwd,
        env: { ...process.env, XDG_STATE_HOME: cwd },
      });
      const told = collected(child.stderr);
      const rows = collected(child.stdout);
      await until('where it listens', () => /127\.0\.0\.1:\d+\n/.test(told.text));
      const port = Number(/127\.0\.0\.1:(\d+)\n/.exec(told.text)?.[1]);
      const client = connect(port, '127.0.0.1');
      client.write(reading('c', 30));
      // It is not seen from outside when a record has been read: the pause is for the test to be worth something.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      child.kill('SIGTERM');
      expect((await end(child)).status).toBe(143);
      client.destroy();
      expect([rows.text, existsSync(join(cwd, 'acted'))]).toEqual(['', false]);
    });
  });
});

it('tells of many breaches at once in a few lines, and all of them to who reads slowly', async () => {
  await inFolder(async (cwd) => {
    const day = Date.parse('2017-08-01T00:00:00Z');
    const bad = Array.from({ length: 5000 }, (_, second) => reading('\u001b[31mn', 30, day + second * 1000));
    writeFileSync(join(cwd, 'bad.ndjson'), bad.join(''));
    const ratio = 'monitor ratio --schema sensor --by node_name --size 1s --from bad.ndjson --to rows.ndjson --bad';
    const slow = `${FRESHET} ${ratio} 'temperature > 20' 2>&1 | (sleep 1; cat)`;
    const { out } = await ended(spawn('sh', ['-c', slow], { cwd, stdio: 'pipe' }));
    const lines = out.split('\n').slice(0, -1);
    expect(lines.length).toBeLessThan(1000);
    expect(lines.at(-1)).toBe('freshet: ratio was breached 5000 times');
    // Nothing that moves a terminal's cursor.
    expect(lines[0]).toContain('node_name ·[31mn: the ratio 1 is over 0.3');
  });
});

it('gives the same rows for a slow pipe as for a file', async () => {
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
