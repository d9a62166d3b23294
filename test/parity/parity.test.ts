import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { expectedOf, findCases, limited, ROOT, runCase } from '../cases/run-case.js';
import { EXECUTABLE } from '../cli/run-freshet.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import type { Setting } from './through-kafka.js';

/*
 * What the golden cases say of pipes holds of topics too: byte for byte where they have one partition, and with the same
 * rows at last where three copies share four.
 */
const brokers = await service(kafka);
// Beside node_modules, where the stand-in finds what it imports.
const folder = mkdtempSync(join(ROOT, 'node_modules', '.freshet-parity-'));
const standIn = join(folder, 'through-kafka.cjs');
await build({
  entryPoints: [join(ROOT, 'test/parity/through-kafka.ts')],
  outfile: standIn,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  packages: 'external',
  define: { 'import.meta.url': JSON.stringify(import.meta.url) },
});
const inTurn = limited(2);
/** What is not about files, pipes and formats, which topics have not. */
const AREAS = ['newest', 'periods', 'total', 'transform', 'where', 'window', 'zones'];
const areaOf = (name: string): string => name.split('/')[0] ?? '';
const cases = findCases().filter(({ name }) => AREAS.includes(areaOf(name)));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder for PATH, with the stand-in for freshet. */
function standInFolder(setting: Setting): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  const file = join(bin, 'freshet');
  const variable = `FRESHET_PARITY='${JSON.stringify(setting)}'`;
  writeFileSync(file, `#!/bin/sh\n${variable} exec '${process.execPath}' '${standIn}' "$@"\n`);
  chmodSync(file, 0o755);
  return bin;
}

/** Where it matters how partitions are shared; each takes three processes. */
const SHARED = ['newest', 'total', 'window'];
const sorted = (text: string): string[] => text.split('\n').sort();

describe.skipIf(brokers === undefined).each([
  { partitions: 1, copies: 1 },
  { partitions: 4, copies: 3 },
])('golden cases through $partitions partitions and $copies copies', ({ partitions, copies }) => {
  const log = join(folder, `${partitions}.log`);
  const setting = {
    brokers: brokers ?? '',
    executable: EXECUTABLE,
    schemas: join(ROOT, 'schemas'),
    log,
    partitions,
    copies,
  };
  const bin = standInFolder(setting);
  const same = partitions === 1 ? cases : cases.filter(({ name }) => SHARED.includes(areaOf(name)));

  describe.concurrent('give what pipes give', () => {
    it.each(same)('$name', async (one) => {
      const outcome = await inTurn(() => runCase(one, bin));
      const expected = expectedOf(one);
      if (partitions === 1) expect(outcome).toEqual(expected);
      else expect([sorted(outcome.out), outcome.status]).toEqual([sorted(expected.out), expected.status]);
    });
  });

  it('and most of them went through topics', () => {
    const went = existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
    expect(went).toBeGreaterThan(same.length / 2);
  });
});
