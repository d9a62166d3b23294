// The usual upsert that knows freshness, row by row: SELECT, then INSERT where there is none and UPDATE where it is
// older; prepared statements. Arguments: the URI of the database, a table, a file of JSON lines, and how many rows a
// transaction has. The password is MYSQL_PWD's.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import mysql from 'mysql2/promise';

const [uri, table, path, size] = process.argv.slice(2);
const { hostname: host, port, username: user, pathname } = new URL(uri);
const database = pathname.slice(1);
const connection = await mysql.createConnection({
  ...{ host, port: Number(port || 3306), user, database },
  password: process.env.MYSQL_PWD,
  dateStrings: true,
});
const select = `SELECT harvest_ts FROM ${table} WHERE channel = ? AND date = ?`;
const insert = `INSERT INTO ${table} (harvest_ts, channel, date, subs) VALUES (?, ?, ?, ?)`;
const update = `UPDATE ${table} SET harvest_ts = ?, subs = ? WHERE channel = ? AND date = ?`;

let count = 0;
await connection.beginTransaction();
for await (const line of createInterface({ input: createReadStream(path) })) {
  const { yt_channel_id: channel, harvest_ts: time, date, subs } = JSON.parse(line);
  const [[found]] = await connection.execute(select, [channel, date]);
  if (found === undefined) await connection.execute(insert, [time, channel, date, subs]);
  else if (found.harvest_ts.replace(' ', 'T') < time) await connection.execute(update, [time, subs, channel, date]);
  if (++count % Number(size) === 0) {
    await connection.commit();
    await connection.beginTransaction();
  }
}
await connection.commit();
await connection.end();
