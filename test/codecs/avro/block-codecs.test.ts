import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressor, decompressor, slowCrc32 } from '../../../src/codecs/avro/block-codecs.js';

describe('the compressions of blocks', () => {
  it.each(['null', 'deflate', 'snappy'] as const)('%s gives back what it took', (codec) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        const back = decompressor(codec, 'test')(compressor(codec)(bytes));
        expect(Buffer.compare(back, bytes)).toBe(0);
      }),
    );
  });

  it('has the checksum also where zlib does not', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(slowCrc32(bytes)).toBe(crc32(bytes));
      }),
    );
  });
});
