import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { blocksOfReadme, commandsOf, partsOfReadme, printedBlock, README } from './readme-blocks.js';
import { executableFolder, FIXTURES } from './run-case.js';

/*
 * The README's ```console blocks are cases: each line after `$ ` is run, one after the other in one folder, and what it
 * prints must stand below it, standard error included. `npm run cases:update` writes what the commands print now.
 */
const update = process.env.UPDATE_CASES !== undefined && 'README.md'.includes(process.env.UPDATE_CASES);
const bin = executableFolder();
const folder = mkdtempSync(join(tmpdir(), 'freshet-readme-'));

afterAll(() => {
  for (const one of [bin, folder]) rmSync(one, { recursive: true, force: true });
});

describe.sequential('the README', () => {
  // What `npm install vega-datasets` and `cp` give.
  cpSync(join(FIXTURES, 'weather.csv'), join(folder, 'weather.csv'));
  const parts = partsOfReadme();
  const blocks = blocksOfReadme();

  it('has examples', () => expect(blocks.length).toBeGreaterThan(8));

  for (const [index, block] of blocks.entries()) {
    it(commandsOf(block).join('; '), async () => {
      const printed = await printedBlock(block, folder, bin);
      if (update) parts[index * 2 + 1] = printed;
      else expect(printed).toBe(block);
    });
  }

  afterAll(() => {
    if (!update) return;
    writeFileSync(README, parts.map((part, index) => (index % 2 === 1 ? `\`\`\`console\n${part}\`\`\`` : part)).join(''));
  });
});
