import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.js';

const newKernel = (): Kernel =>
  new Kernel(new WebAssembly.Module(readFileSync(new URL('../../dist/kernel.wasm', import.meta.url))));

it('takes and gives bytes, however they are aligned', () => {
  const kernel = newKernel();
  const size = 200_000;
  const [one, another] = [kernel.allocate(size), kernel.allocate(size)];
  const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
  const places = fc.record({ from: fc.nat({ max: 20 }), to: fc.nat({ max: 20 }), length: fc.nat({ max: 100_000 }) });
  fc.assert(
    fc.property(places, fc.integer({ min: -9, max: 20 }), ({ from, to, length }, shift) => {
      const put = bytes.subarray(from, from + length);
      kernel.views.u8.fill(255, one, one + 100_040);
      kernel.put(put, one + to);
      expect([...kernel.views.u8.subarray(one, one + to)].every((byte) => byte === 255)).toBe(true);
      expect(kernel.views.u8[one + to + length]).toBe(255);
      const copied = kernel.copy(one + to, one + to + length);
      expect(Buffer.compare(copied, put)).toBe(0);
      // From where it lies to somewhere else, which may overlap.
      const own = kernel.views.u8.subarray(one + to, one + to + length);
      const moved = shift < 0 ? another : one + to + shift;
      kernel.put(own, moved);
      expect(Buffer.compare(kernel.views.u8.subarray(moved, moved + length), put)).toBe(0);
      // A copy has nothing to do with the kernel's memory any more.
      expect(Buffer.compare(copied, put)).toBe(0);
      expect(kernel.addressOf(copied)).toBe(undefined);
    }),
  );
});

it('says that there is no more memory, rather than give what lies too far', () => {
  const kernel = newKernel();
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
