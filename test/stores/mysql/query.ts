import mysql from 'mysql2/promise';

/** Runs statements as another program would, one after the other. @returns the rows of the last, each as an array */
export async function query(uri: string, ...statements: readonly string[]): Promise<unknown[][]> {
  const connection = await mysql.createConnection({ uri, rowsAsArray: true, dateStrings: true });
  try {
    let rows: unknown[][] = [];
    for (const sql of statements) {
      const [found] = await connection.query<mysql.RowDataPacket[][]>(sql);
      rows = Array.isArray(found) ? found.map((row) => [...row]) : [];
    }
    return rows;
  } finally {
    await connection.end();
  }
}
