import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAddress } from '../../../src/stores/mysql/address.js';
import { Connection } from '../../../src/stores/mysql/connection.js';
import { database } from '../../services/fresh-names.js';
import { mariadb, startMariadb } from '../../services/mariadb.js';
import { canStart } from '../../services/service.js';

it.skipIf(!canStart(mariadb))('rows that are streamed when their server is killed end with an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-lost-'));
  const server = await startMariadb(folder);
  try {
    const connection = await Connection.open(
      parseAddress((await database(server.address)).replace('mysql:', '')),
      5000,
    );
    const how = new Promise((resolve) => {
      connection.stream('SELECT SLEEP(200)', {
        row: () => {},
        end: () => resolve('ended'),
        error: (error) => resolve(error),
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.kill();
    expect(await how).toBeInstanceOf(Error);
    connection.destroy();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
