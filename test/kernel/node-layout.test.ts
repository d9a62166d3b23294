import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NODE, NODE_BYTES } from '../../src/kernel/node-layout.js';

const WORD = 4;

/** The words at which the fields of a class of the kernel begin, by name, and how many bytes they take together. */
function layoutOf(name: string): { words: Record<string, number>; bytes: number } {
  const source = readFileSync(new URL('../../src/kernel/assembly/node.ts', import.meta.url), 'utf8');
  const [, body = ''] = new RegExp(`class ${name} \\{([^}]*)\\}`).exec(source) ?? [];
  const words: Record<string, number> = {};
  let bytes = 0;
  for (const [, field = '', type = ''] of body.matchAll(/^ {2}(\w+): (\w+);/gm)) {
    const size = type === 'u64' ? 8 : WORD;
    bytes = Math.ceil(bytes / size) * size;
    words[field] = bytes / WORD;
    bytes += size;
  }
  return { words, bytes };
}

it('lays out a node as the kernel reads it', () => {
  const { words, bytes } = layoutOf('Node');
  expect(words).toEqual(NODE);
  expect(NODE_BYTES).toBeGreaterThanOrEqual(bytes);
});
