import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Format } from '../../src/codecs/codec.js';
import { openByteSource } from '../../src/endpoints/file-source.js';
import { DecodedSource } from '../../src/pipeline/decoded-source.js';
import { loadCodec } from '../../src/pipeline/formats.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { UTC } from '../../src/records/time/zone.js';

const RECORDS = 100_000;
const schema = parseSchema({ type: 'record', name: 'r', fields: [{ name: 'n', type: 'long' }] }, 'r');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-decoded-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a file whose reading is stopped', () => {
  const WRITTEN: [Format, (n: number) => string][] = [
    ['ndjson', (n) => `{"n":${n}}\n`],
    ['csv', (n) => `${n}\r\n`],
  ];

  it.each(WRITTEN)('gives the records of %s that were read, and none that was cut', async (format, write) => {
    const path = join(folder, `r.${format}`);
    await writeFile(path, Array.from({ length: RECORDS }, (_, n) => write(n)).join(''));
    const codec = await loadCodec(format);
    const projection = { paths: ['n'], records: false };
    const decoder = codec.decoder({ schema, projection, zone: UTC, source: path, partition: 0 });
    const source = new DecodedSource(openByteSource(path), decoder);
    let rows = 0;
    for (;;) {
      const batch = source.take();
      if (batch === 'end') break;
      if (batch === 'wait') throw new Error('a file need not be waited for');
      expect(batch.rejects ?? []).toEqual([]);
      rows += batch.length;
      source.stop();
    }
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(RECORDS);
    await source.close();
  });
});
