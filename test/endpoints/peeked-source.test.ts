import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../src/endpoints/endpoint.js';
import { PeekedSource } from '../../src/endpoints/peeked-source.js';

/** A pipe that brings these chunks, some of them after a while, and fails in the end where it is told to. */
class Chunks implements ByteSource {
  readonly name = 'a pipe';
  readonly finite = false;
  readonly drains = true;
  readonly #chunks: string[];

  constructor(
    chunks: readonly string[],
    readonly failure?: Error,
  ) {
    this.#chunks = chunks.filter((chunk) => chunk !== '');
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    const chunk = Buffer.from(this.#chunks.shift() ?? '');
    if (chunk.length === 0 && this.failure !== undefined) throw this.failure;
    if (chunk.length % 2 === 1) return Promise.resolve(chunk);
    into.set(chunk);
    return chunk.length;
  }

  stop(): void {
    this.#chunks.length = 0;
  }

  async close(): Promise<void> {}
}

async function readAll(source: ByteSource): Promise<string> {
  const parts: Buffer[] = [];
  for (;;) {
    const into = new Uint8Array(8);
    const got = source.read(into);
    const bytes = typeof got === 'number' ? into.subarray(0, got) : await got;
    if (bytes.length === 0) return Buffer.concat(parts).toString();
    parts.push(Buffer.from(bytes));
  }
}

const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 7 }), { maxLength: 6 });

describe('a source that is looked at before it is read', () => {
  it('shows its front, and gives all of it whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat({ max: 20 }), async (parts, wanted) => {
        const whole = parts.join('');
        const source = new PeekedSource(new Chunks(parts));
        await source.peek((head) => head.length >= wanted);
        const head = Buffer.from(source.head).toString();
        expect(whole.startsWith(head)).toBe(true);
        expect(head.length).toBeGreaterThanOrEqual(Math.min(wanted, whole.length));
        expect(await readAll(source)).toBe(whole);
      }),
    );
  });

  it('is looked at no further than it is asked to', async () => {
    const source = new PeekedSource(new Chunks(['ab', 'cd', 'ef']));
    await source.peek((head) => head.length >= 3);
    expect(Buffer.from(source.head).toString()).toBe('abcd');
    await source.peek(() => false, 2);
    expect(Buffer.from(source.head).toString()).toBe('abcd');
  });

  it('tells of a failure when what came before it was read', async () => {
    const source = new PeekedSource(new Chunks(['ab', 'cd'], new Error('gone')));
    await source.peek(() => false);
    expect(Buffer.from(source.head).toString()).toBe('abcd');
    await expect(readAll(source)).rejects.toThrow('gone');
  });

  it('gives what a pipe has brought also when it is stopped', async () => {
    const source = new PeekedSource(new Chunks(['ab', 'cd']));
    await source.peek((head) => head.length >= 2);
    source.stop();
    expect(await readAll(source)).toBe('ab');
  });
});
