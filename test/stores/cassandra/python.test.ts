import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/records/value.js';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { cassandra } from '../../services/cassandra/cassandra.js';
import { service } from '../../services/service.js';
import { EVERY_KIND, everyKindOfRow, foundOf, KINDS } from '../every-kind.js';
import { storeIn } from '../yt-tables.js';
import { keyspace } from './cql.js';

const server = await service(cassandra);
const PROGRAM = fileURLToPath(new URL('read-table.py', import.meta.url));
const PYTHON = process.env.FRESHET_PYTHON ?? 'python3';
const isThere = spawnSync(PYTHON, ['-c', 'import cassandra.cluster']).status === 0;
if (!isThere && process.env.CI === 'true') throw new Error('FRESHET_PYTHON names no interpreter with cassandra-driver');
if (!isThere) console.log('skipped: FRESHET_PYTHON names no interpreter with cassandra-driver');

type Cell = readonly [type: string, text: string] | null;

function read(uri: string, table: string): Record<string, Cell>[] {
  const { hostname, port, pathname } = new URL(uri);
  const words = [PROGRAM, hostname, port, pathname.slice(1), table];
  return JSON.parse(execFileSync(PYTHON, words, { encoding: 'utf8', maxBuffer: 1 << 28 }));
}

function readCell(name: string, cell: Cell): unknown {
  if (cell === null) return null;
  const [type, text] = cell;
  const kind = KINDS.get(name) ?? 'text';
  if (kind === 'json') return JSON.parse(text);
  return type === 'bool' ? String(Number(text === 'True')) : kind === 'double' ? Number(text) : text;
}

describe.skipIf(server === undefined || !isThere)("Cassandra's driver for Python", () => {
  it('finds each value just as it was stored', async () => {
    const uri = await keyspace(String(server));
    const rows = everyKindOfRow();
    const { counts } = await storeIn(cassandraStore, uri, rows, { schema: EVERY_KIND, create: true });
    expect(counts.applied).toBe(rows.length);
    const cellsOf = (row: Row): unknown[][] => [...KINDS].map(([name, kind]) => [name, foundOf(kind, row[name])]);
    const found = read(uri, 'reading_daily').map((row) =>
      [...KINDS.keys()].map((name) => [name, readCell(name, row[name] ?? null)]),
    );
    const byChannel = (a: unknown[][], b: unknown[][]): number => (String(a[0]?.[1]) < String(b[0]?.[1]) ? -1 : 1);
    expect(found.sort(byChannel)).toEqual(rows.map(cellsOf).sort(byChannel));
  });
});
