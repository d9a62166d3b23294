import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../src/endpoints/endpoint.js';
import { SharedBytes } from '../../src/endpoints/shared-bytes.js';
import { bug } from '../../src/records/errors.js';

/** A source of some chunks, each there at once or after a while; it tells how far it was read. */
class Chunks implements ByteSource {
  readonly name = 'chunks';
  readonly finite = false;
  readonly drains = true;
  given = 0;
  closed = 0;
  stopped = false;
  readonly #chunks: readonly Uint8Array[];

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks;
  }

  read(into: Uint8Array): number | Promise<Uint8Array> {
    const chunk = this.stopped ? undefined : this.#chunks[this.given++];
    if (chunk === undefined) return 0;
    if (chunk.length % 2 === 0) return new Promise((resolve) => setImmediate(() => resolve(chunk)));
    into.set(chunk);
    return chunk.length;
  }

  stop(): void {
    this.stopped = true;
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

async function readAll(branch: ByteSource, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let reads = 0; reads < most; reads++) {
    const got = await branch.read(new Uint8Array(0));
    if (typeof got === 'number' || got.length === 0) break;
    chunks.push(got.slice());
  }
  await branch.close();
  return Buffer.concat(chunks);
}

const take = (shared: SharedBytes): ByteSource => shared.take() ?? bug('all branches are taken');

describe('a stream that several read', () => {
  it('gives each of them all of it, and is closed once', async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (chunks, count) => {
        const source = new Chunks(chunks);
        const shared = new SharedBytes(source, count);
        const branches = Array.from({ length: count }, () => take(shared));
        expect(shared.take()).toBe(undefined);
        const all = await Promise.all(branches.map((branch) => readAll(branch)));
        for (const one of all) expect(one).toEqual(Buffer.concat(chunks));
        await Promise.all(branches.map((branch) => branch.close()));
        expect(source.closed).toBe(1);
      }),
    );
  });

  it('waits for the slowest, and no longer for one that has gone', async () => {
    const source = new Chunks(Array.from({ length: 1000 }, () => new Uint8Array(64 * 1024 - 1)));
    const shared = new SharedBytes(source, 2);
    const [slow, fast] = [take(shared), take(shared)];
    const read = readAll(fast);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.given).toBeLessThan(20);
    await slow.close();
    expect((await read).length).toBe(1000 * (64 * 1024 - 1));
  });

  it('ends for one that is stopped, and goes on for the others', async () => {
    const source = new Chunks(Array.from({ length: 9 }, () => Uint8Array.of(1, 2)));
    const shared = new SharedBytes(source, 2);
    const [stopped, other] = [take(shared), take(shared)];
    const reading = stopped.read(new Uint8Array(0));
    stopped.stop();
    expect(await reading).toHaveLength(0);
    expect(source.stopped).toBe(false);
    expect((await readAll(other)).length).toBe(18);
  });
});
