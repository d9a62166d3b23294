import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Exec } from '../../src/actions/exec.js';
import { processTable } from '../../src/jobs/process-table.js';
import { until } from '../cli/run-freshet.js';
import { alertOf } from './alert.js';

const never = new AbortController().signal;
let folder: string;
let told: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-exec-'));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exec = (command: string, limit?: number) =>
  new Exec(command, { tell: (line) => told.push(line), ...(limit === undefined ? {} : { limit }) });

describe('a command', () => {
  it('gets the alert on its standard input', async () => {
    const file = join(folder, 'alert');
    expect(await exec(`cat > ${file}`).act(alertOf({ group: '["web"]' }), never)).toEqual({
      done: true,
      message: 'it ended well',
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      id: 'ratio 1',
      group: '["web"]',
      row: { ratio: 0.5 },
    });
    expect(readFileSync(file, 'utf8')).toContain('"records":12345678901234567890}}\n');
  });

  it("has none of freshet's secrets", async () => {
    vi.stubEnv('FRESHET_TOKEN', 'secret');
    vi.stubEnv('FRESHET_WEBHOOK_SECRET', 'secret');
    await exec('echo "$FRESHET_TOKEN$FRESHET_WEBHOOK_SECRET."').act(alertOf(), never);
    vi.unstubAllEnvs();
    expect(told).toEqual([expect.stringMatching(/: \.$/)]);
  });

  it('may print, and need not read', async () => {
    const command = 'echo one; printf "two\\033[2J\\n" >&2; printf three';
    expect(await exec(command).act(alertOf({ json: JSON.stringify('x'.repeat(1e6)) }), never)).toMatchObject({
      done: true,
    });
    expect(told.map((line) => line.replace(`exec ${command}: `, '')).sort()).toEqual(['one', 'three', 'two [2J']);
  });

  it('is shown the first lines of', async () => {
    await exec('seq 1000').act(alertOf(), never);
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe('exec seq 1000: … and 980 more lines');
  });

  it.each([
    ['exit 3', 'it ended with status 3'],
    ['kill -9 $$', 'it ended with status 137'],
    ['./not-there', 'it ended with status 127'],
  ])('that fails (%s) is told', async (command, message) => {
    expect(await exec(command).act(alertOf(), never)).toEqual({ done: false, message });
  });

  it('is ended when it takes too long', async () => {
    expect(await exec('sleep 1000', 50).act(alertOf(), never)).toEqual({
      done: false,
      message: 'it took longer than 50ms: it got SIGTERM and is gone',
    });
  });

  it('is ended with all that it has started, and by KILL where it does not heed', async () => {
    const file = join(folder, 'pid');
    const late = new AbortController();
    const stubborn = exec(`trap '' TERM; sleep 1000 & echo $$ > ${file}.new; mv ${file}.new ${file}; wait; sleep 1000`);
    const acting = stubborn.act(alertOf(), late.signal);
    await until('its pid', () => existsSync(file));
    const pid = Number(readFileSync(file, 'utf8'));
    late.abort();
    expect((await acting).message).toBe('no time was left: it got SIGTERM, after 2s SIGKILL, and is gone');
    expect(processTable.ofGroup(pid)).toEqual([]);
  });

  it('is ended when no time is left', async () => {
    const late = new AbortController();
    const acting = exec('sleep 1000').act(alertOf(), late.signal);
    late.abort();
    expect(await acting).toEqual({ done: false, message: 'no time was left: it got SIGTERM and is gone' });
  });

  it('may leave something running', async () => {
    const file = join(folder, 'pid');
    expect(await exec(`sleep 1000 & echo $! > ${file}`).act(alertOf(), never)).toMatchObject({ done: true });
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  });
});
