import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunState, readState, writeState } from '../../../src/jobs/local/run-state.js';

const STATE: RunState = {
  name: 'it',
  id: '1',
  state: 'running',
  command: ['sleep', '1000'],
  cwd: '/',
  restart: 'never',
  supervisor: { pid: 1, started: 'a' },
  process: { pid: 2, started: 'b' },
  startedAt: 1,
  restarts: 0,
};

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-state-'));
  file = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a run's state", () => {
  it('is read as it was written, and leaves no other file', async () => {
    writeState(folder, STATE);
    expect(await readState(folder)).toEqual(STATE);
    const ended: RunState = { ...STATE, state: 'exited', process: undefined, endedAt: 2, exitStatus: 0 };
    writeState(folder, ended);
    expect(await readState(folder)).toEqual(ended);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it.each<RunState>([
    { ...STATE, state: 'killed' },
    { ...STATE, state: 'killed', endedAt: 1e12, exitStatus: 143, command: ['a', 'longer', 'command', 'than before'] },
    { ...STATE, state: 'exited', command: ['s'] },
  ])('is written over the old one on a full disk', async (next) => {
    writeState(folder, STATE);
    symlinkSync('/dev/full', `${file}.new`);
    writeState(folder, next);
    expect(await readState(folder)).toEqual(next);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('can not be written for the first time on a full disk', async () => {
    symlinkSync('/dev/full', `${file}.new`);
    expect(() => writeState(folder, STATE)).toThrow('ENOSPC');
    expect(await readState(folder)).toBeUndefined();
  });

  it('is none where it is cut short, is something else, or is missing', async () => {
    expect(await readState(folder)).toBeUndefined();
    writeState(folder, STATE);
    const whole = readFileSync(file, 'utf8').trimEnd();
    for (const text of ['', whole.slice(0, -1), `${whole}}`, '[]', 'null', whole.replace('"running"', '"walking"')]) {
      writeFileSync(file, text);
      expect(await readState(folder)).toBeUndefined();
    }
  });

  it('is awaited where it is being written in place', async () => {
    writeState(folder, STATE);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, 50));
    const reading = readState(folder);
    writeFileSync(file, whole);
    expect(await reading).toEqual(STATE);
  });
});
