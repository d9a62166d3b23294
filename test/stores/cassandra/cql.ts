import cassandra from 'cassandra-driver';
import { freshName } from '../../services/fresh-names.js';

/** Runs statements over the driver itself. @returns the rows of the last one, as lists of values */
export async function cql(uri: string, ...statements: readonly string[]): Promise<unknown[][]> {
  const { host, username, password, pathname } = new URL(uri);
  const client = new cassandra.Client({
    contactPoints: [host],
    localDataCenter: 'datacenter1',
    ...(username === '' ? {} : { credentials: { username, password } }),
    ...(pathname.length > 1 ? { keyspace: pathname.slice(1) } : {}),
    encoding: { useBigIntAsLong: true },
  });
  try {
    let rows: unknown[][] = [];
    for (const statement of statements) {
      const result = await client.execute(statement);
      rows = (result.rows ?? []).map((row) => row.values());
    }
    return rows;
  } finally {
    await client.shutdown();
  }
}

/** Makes a keyspace of its own. @returns its URI */
export async function keyspace(server: string): Promise<string> {
  const name = freshName();
  await cql(
    server,
    `CREATE KEYSPACE ${name} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = true`,
  );
  return `${server}/${name}`;
}
