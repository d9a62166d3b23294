import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressed } from '../../src/endpoints/decompress.js';
import type { ByteSource } from '../../src/endpoints/endpoint.js';
import { DataError } from '../../src/records/errors.js';

/** Bytes that come in chunks of a size. */
function chunked(bytes: Uint8Array, size: number): ByteSource {
  let at = 0;
  return {
    name: 'yt.gz',
    finite: true,
    drains: false,
    read(into) {
      const count = Math.min(size, into.length, bytes.length - at);
      into.set(bytes.subarray(at, at + count));
      at += count;
      return count;
    },
    stop: () => {},
    close: async () => {},
  };
}

/** All that a source gives, and what it fails with in the end. */
async function drain(open: Promise<ByteSource>): Promise<{ plain: Buffer; failure?: unknown }> {
  const parts: Buffer[] = [];
  try {
    const source = await open;
    for (;;) {
      const into = new Uint8Array(65536);
      const got = source.read(into);
      const bytes = typeof got === 'number' ? into.subarray(0, got) : await got;
      if (bytes.length === 0) return { plain: Buffer.concat(parts) };
      parts.push(Buffer.from(bytes));
    }
  } catch (failure) {
    return { plain: Buffer.concat(parts), failure };
  }
}

const plain = Buffer.from(Array.from({ length: 20_000 }, (_, at) => `${at * 7919},${at % 13}\n`).join(''));
const packed = gzipSync(plain);

/** A frame of one raw block (RFC 8878, section 3.1.1), whose header says how long it is. */
function zstdFrame(bytes: Uint8Array): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  head.writeUIntLE(bytes.length * 8 + 1, 9, 3);
  return Buffer.concat([head, bytes]);
}

describe('compressed input', () => {
  it('is read whole, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 100, max: 100_000 }), async (size) => {
        const read = await drain(decompressed(chunked(packed, size)));
        expect(read.failure).toBeUndefined();
        expect(read.plain.equals(plain)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it.each([1, 5, 16, 17, 1000])('of zstd is read whole in chunks of %i bytes', async (size) => {
    const some = plain.subarray(0, 2000);
    const read = await drain(decompressed(chunked(zstdFrame(some), size)));
    expect(read.failure).toBeUndefined();
    expect(read.plain.equals(some)).toBe(true);
  });

  it('that is cut gives what comes before the cut, then an error that names it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: packed.length - 1 }),
        fc.integer({ min: 100, max: 100_000 }),
        async (length, size) => {
          const { plain: read, failure } = await drain(decompressed(chunked(packed.subarray(0, length), size)));
          expect(failure).toBeInstanceOf(DataError);
          expect(String(failure)).toContain('yt.gz: the compressed data is damaged or cut');
          expect(read.equals(plain.subarray(0, read.length))).toBe(true);
          // Most of what could be known is there: a window of deflate may be held back.
          expect(read.length).toBeGreaterThanOrEqual((plain.length * length) / packed.length - 2 * 32_768);
        },
      ),
      { numRuns: 30 },
    );
  });
});
