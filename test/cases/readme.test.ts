import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { executableFolder, FIXTURES, ROOT, runShell } from './run-case.js';

/*
 * The README's ```console blocks are cases: each line after `$ ` is run, one after the other in one folder, and what it
 * prints must stand below it, standard error included. `npm run cases:update` writes what the commands print now.
 */
const README = join(ROOT, 'README.md');
const update = process.env.UPDATE_CASES !== undefined && 'README.md'.includes(process.env.UPDATE_CASES);
const bin = executableFolder();
const folder = mkdtempSync(join(tmpdir(), 'freshet-readme-'));

afterAll(() => {
  for (const one of [bin, folder]) rmSync(one, { recursive: true, force: true });
});

describe.sequential('the README', () => {
  // What `npm install vega-datasets` and `cp` give.
  cpSync(join(FIXTURES, 'weather.csv'), join(folder, 'weather.csv'));
  const text = readFileSync(README, 'utf8');
  const parts = text.split(/^```console\n([\s\S]*?)^```$/m);
  const blocks = parts.filter((_, index) => index % 2 === 1);

  it('has examples', () => expect(blocks.length).toBeGreaterThan(8));

  for (const [index, block] of blocks.entries()) {
    const commands = block.split(/^\$ /m).slice(1).map((part) => part.split('\n', 1)[0]);
    it(commands.join('; '), async () => {
      let printed = '';
      for (const command of commands) {
        const { out } = await runShell(`{ ${command}\n} 2>&1`, folder, bin);
        printed += `$ ${command}\n${out}`;
      }
      if (update) parts[index * 2 + 1] = printed;
      else expect(printed).toBe(block);
    });
  }

  afterAll(() => {
    if (!update) return;
    writeFileSync(README, parts.map((part, index) => (index % 2 === 1 ? `\`\`\`console\n${part}\`\`\`` : part)).join(''));
  });
});
