import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenOf } from '../../../src/jobs/orchestrator/bearer-token.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-token-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tell = (): void => {};
const kept = (): string => readFileSync(join(folder, 'state/orchestrator-token'), 'utf8').trim();

describe('the token', () => {
  it('is made once, in a file that its owner alone may read, and kept', () => {
    const told: string[] = [];
    const first = tokenOf(undefined, join(folder, 'state'), (sentence) => told.push(sentence));
    expect(kept()).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(folder, 'state/orchestrator-token')).mode & 0o777).toBe(0o600);
    expect(told).toEqual([`the token that clients must show is in ${folder}/state/orchestrator-token`]);
    const token = kept();
    expect(first.admits(`Bearer ${token}`)).toBe(true);
    expect(tokenOf(undefined, join(folder, 'state'), tell).admits(`Bearer ${token}`)).toBe(true);
  });

  it('is made anew where others could have read it', () => {
    tokenOf(undefined, join(folder, 'state'), tell);
    const before = kept();
    chmodSync(join(folder, 'state/orchestrator-token'), 0o644);
    tokenOf(undefined, join(folder, 'state'), tell);
    expect(kept()).not.toBe(before);
    expect(statSync(join(folder, 'state/orchestrator-token')).mode & 0o777).toBe(0o600);
  });

  it('is the one that is given, which nothing is written of', () => {
    const token = tokenOf('correct-horse-battery', join(folder, 'state'), tell);
    expect(token.admits('bearer  correct-horse-battery')).toBe(true);
    expect(token.admits('Bearer correct-horse-batter')).toBe(false);
    expect(() => kept()).toThrow('ENOENT');
  });

  it.each(['short', 'with a blank in its middle', 'with\na line feed ....'])('is not %j', (text) => {
    expect(() => tokenOf(text, folder, tell)).toThrow('the token is no text of 16 to 512 letters');
  });
});
