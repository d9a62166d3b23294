import { beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../../../src/endpoints/endpoint.js';
import { bug } from '../../../src/records/errors.js';
import { UTC } from '../../../src/records/time/zone.js';
import { parseAddress } from '../../../src/stores/mysql/address.js';
import { KeptSession } from '../../../src/stores/mysql/kept-session.js';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { MysqlPositions } from '../../../src/stores/mysql/positions.js';
import { inTransaction, openSession, UnknownCommit } from '../../../src/stores/mysql/session.js';
import { Outage } from '../../../src/stores/outage.js';
import { database, freshName } from '../../services/fresh-names.js';
import { mariadb } from '../../services/mariadb.js';
import { service } from '../../services/service.js';
import { NUMBER, numbersOf, range, rowsAt, shared, sinkOf } from '../shared-rows.js';
import { query } from './query.js';

const server = await service(mariadb);

let uri: string;
const address = (): string => uri.slice('mysql:'.length);
const refusedNow = async (): Promise<unknown> => (await query(uri, 'SELECT refused FROM freshet_positions'))[0]?.[0];

/** A copy that reads partition 0 from its beginning. */
async function begun(): Promise<Sink> {
  const sink = await sinkOf(mysqlStore, address());
  await sink.begin?.(shared([0]));
  return sink;
}

describe.skipIf(server === undefined)('positions beside rows without a key, in MySQL', () => {
  beforeEach(async () => {
    uri = await database();
    await query(uri, 'CREATE TABLE numbers (n BIGINT NOT NULL, CHECK (n <> 5), CHECK (n <> 8)) ENGINE = InnoDB');
  });

  it('name refused rows for as long as these may have yet to become dead letters', async () => {
    const sink = await begun();
    await sink.write(rowsAt(0, range(0, 10)));
    expect(await refusedNow()).toBe('[[5,0],[8,0]]');
    await sink.flush();
    await sink.write(rowsAt(0, range(10, 12)));
    expect(await refusedNow()).toBe(null);
    await sink.close();
  });

  it('say which statement makes their table to a user who may make none', async () => {
    const user = freshName('user').slice(0, 20);
    const { pathname } = new URL(uri);
    await query(
      uri,
      `CREATE USER ${user}@'%' IDENTIFIED BY 'secret'`,
      `GRANT SELECT, INSERT, UPDATE ON ${pathname.slice(1)}.* TO ${user}@'%'`,
    );
    const theirs = new URL(uri);
    [theirs.username, theirs.password] = [user, 'secret'];
    const options = { schema: NUMBER, table: 'numbers', create: true, zone: UTC };
    const open = (group: { group?: string }): Promise<Sink> =>
      mysqlStore.sink(theirs.href.slice('mysql:'.length), { ...options, ...group });
    await expect(open({ group: 'copies' })).rejects.toMatchObject({
      status: 2,
      message: expect.stringContaining('does not let this user make freshet_positions'),
      next: expect.stringContaining('CREATE TABLE IF NOT EXISTS freshet_positions (table_name VARCHAR(64)'),
    });
    const sink = await open({});
    await sink.write(rowsAt(0, [1]));
    await sink.close();
    await query(uri, `DROP USER ${user}@'%'`);
  });

  it('refuse the name of a group that is too long for them', async () => {
    await expect(sinkOf(mysqlStore, address(), { group: 'g'.repeat(256) })).rejects.toMatchObject({
      status: 2,
      message: expect.stringContaining('the name of the group has 256 characters'),
    });
    const sink = await sinkOf(mysqlStore, address(), { group: "it's 'ours'".repeat(20) });
    await sink.begin?.(shared([0, 1]));
    await sink.write(rowsAt(1, [1]));
    await sink.close();
  });

  it('are not held up for ever by a copy that was stopped in its transaction: the server lets go of it', async () => {
    const parsed = parseAddress(address());
    const stopped = await openSession(parsed);
    const positions = await MysqlPositions.open(stopped, { table: 'numbers', group: 'copies', create: true }, parsed);
    await positions.prepare(stopped);
    const outage = new Outage('a server');
    await positions.begin(new KeptSession(parsed, stopped, outage, undefined, async () => {}), shared([0]));
    const placed = positions.rows.of(rowsAt(0, [0])) ?? bug('the partition is known');
    const other = await begun();
    const work = inTransaction(stopped, async () => {
      await positions.make(stopped, placed.step(Int32Array.of(0)), false);
      await other.write(rowsAt(0, range(0, 4)));
    });
    await expect(work).rejects.toThrow(UnknownCommit);
    await other.close();
    expect(await numbersOf(mysqlStore, address())).toEqual(range(0, 4));
  });
});
