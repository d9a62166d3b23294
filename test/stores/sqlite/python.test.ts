import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { UTC } from '../../../src/records/time/zone.js';
import { sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import { EVERY_KIND, everyKindOfRow, foundOf, KINDS } from '../every-kind.js';
import { storeIn } from '../yt-tables.js';

const PROGRAM = fileURLToPath(new URL('read-table.py', import.meta.url));
const PYTHON = process.env.FRESHET_PYTHON ?? 'python3';
const isThere = spawnSync(PYTHON, ['-c', 'import sqlite3']).status === 0;
if (!isThere && process.env.CI === 'true') throw new Error('there is no Python with sqlite3: install it');
if (!isThere) console.log('skipped: there is no Python with sqlite3 to read tables with (FRESHET_PYTHON names one)');

const folder = mkdtempSync(join(tmpdir(), 'freshet-sqlite-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Cell = readonly [type: string, text: string] | null;
type Found = { readonly rows: readonly Readonly<Record<string, Cell>>[]; readonly check: string };

function read(file: string, table: string): Found {
  return JSON.parse(execFileSync(PYTHON, [PROGRAM, file, table], { encoding: 'utf8', maxBuffer: 1 << 28 }));
}

/** How SQLite types what a column of a kind holds. */
const TYPES = { whole: 'integer', double: 'real', text: 'text', bytes: 'blob', json: 'text' };

function readCell(name: string, cell: Cell): unknown {
  const kind = KINDS.get(name) ?? 'text';
  if (cell === null) return null;
  const [type, text] = cell;
  expect(type, name).toBe(TYPES[kind]);
  if (kind === 'whole' || kind === 'bytes') return text;
  if (kind === 'double') return Number(text);
  const decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'hex'));
  return kind === 'json' ? JSON.parse(decoded) : decoded;
}

describe.skipIf(!isThere)("Python's sqlite3", () => {
  it('finds each value just as it was stored, also while the table is written', async () => {
    const file = join(folder, 'a.db');
    const rows = everyKindOfRow();
    const sink = await sqliteStore.sink(file, { schema: EVERY_KIND, create: true, zone: UTC });
    await sink.write(batchFromRows(EVERY_KIND, rows));
    const expected = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, foundOf(KINDS.get(name) ?? 'text', value)])),
    );
    const found = (): unknown => {
      const { rows: cells, check } = read(file, 'reading_daily');
      expect(check).toBe('ok');
      return cells.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, readCell(name, cell)])),
      );
    };
    expect(found()).toEqual(expected);
    await sink.close();
    expect(found()).toEqual(expected);
  });

  it('finds what is no finite number as it is kept', async () => {
    const file = join(folder, 'b.db');
    const ratios = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
    const [row] = everyKindOfRow();
    const all = ratios.map((ratio, at) => ({ ...row, channel: `${at}`, ratio }));
    await storeIn(sqliteStore, `sqlite:${file}`, all, { schema: EVERY_KIND, create: true });
    const { rows } = read(file, 'reading_daily');
    expect(rows.map(({ ratio }) => ratio)).toEqual([
      ['text', Buffer.from('NaN').toString('hex')],
      ['real', 'inf'],
      ['real', '-inf'],
      ['real', '0.0'],
    ]);
  });
});
