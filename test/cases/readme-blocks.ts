import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runShell } from './run-case.js';

export const README = join(ROOT, 'README.md');

/** The README in parts: every other one is what stands in a ```console block. */
export function partsOfReadme(): string[] {
  return readFileSync(README, 'utf8').split(/^```console\n([\s\S]*?)^```$/m);
}

/** What stands in its blocks. */
export function blocksOfReadme(): string[] {
  return partsOfReadme().filter((_, index) => index % 2 === 1);
}

export function commandsOf(block: string): string[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => part.split('\n', 1)[0] ?? '');
}

/** Runs the commands of a block, one after the other, and gives what would stand in it. */
export async function printedBlock(block: string, folder: string, bin: string): Promise<string> {
  let printed = '';
  for (const command of commandsOf(block)) {
    const { out } = await runShell(`{ ${command}\n} 2>&1`, folder, bin);
    printed += `$ ${command}\n${out}`;
  }
  return printed;
}
