import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { SqliteDatabase } from '../../../src/stores/sqlite/database.js';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import { deleteConformance } from '../delete-conformance.js';
import { positionConformance } from '../position-conformance.js';
import { storeConformance } from '../store-conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
storeConformance('SQLite', () => ({
  store: new SqliteStore(),
  fresh: async () => join(folder, `${files++}.db`),
  counts: true,
  nonFinite: true,
}));
deleteConformance('SQLite', new SqliteStore(), async () => join(folder, `${files++}.db`));
positionConformance('SQLite', {
  store: new SqliteStore(),
  fresh: async () => join(folder, `${files++}.db`),
  run: async (address, sql) => {
    const database = await SqliteDatabase.open(address, address);
    database.exec(sql);
    database.close();
  },
  runs: 60,
});
