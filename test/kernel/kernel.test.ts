import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.js';

it('says that there is no more memory, rather than give what lies too far', () => {
  const kernel = new Kernel(new WebAssembly.Module(readFileSync(new URL('../../dist/kernel.wasm', import.meta.url))));
  const block = 256 * 1024 * 1024;
  const given: number[] = [];
  const fill = (): void => {
    for (;;) given.push(kernel.allocate(block));
  };
  expect(fill).toThrow(/no memory for more records and their texts: they take 1\d\d\d MB/);
  expect(given.length).toBe(7);
  expect(Math.max(...given) + block).toBeLessThan(2 ** 31);
  // What is given back is there again.
  kernel.release(given[0] ?? 0, block);
  expect(kernel.allocate(block)).toBe(given[0]);
});
