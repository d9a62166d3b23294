import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { mariadb } from './mariadb.js';
import { service } from './service.js';

/** A name that no other test has: of a topic, a group or a database. */
export function freshName(prefix = 'freshet'): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}

/**
 * Makes a database of its own on the shared MariaDB.
 * @returns its URI, as `mysql://USER:PASSWORD@HOST:PORT/NAME`
 * @throws Error where the service is not to be had: ask service(mariadb) first
 */
export async function database(server?: string): Promise<string> {
  const address = server ?? (await service(mariadb));
  if (address === undefined) throw new Error('there is no MariaDB to make a database in');
  const name = freshName();
  const connection = await mysql.createConnection(address);
  await connection.query(`CREATE DATABASE ${name}`);
  await connection.end();
  return `${address.replace(/\/$/, '')}/${name}`;
}
