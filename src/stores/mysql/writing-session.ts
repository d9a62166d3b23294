import type { Connection } from './connection.js';
import type { Session } from './session.js';

/**
 * Lets a session lock rows that are there and no gaps between them: what it is to write it looks at under its lock. A
 * server that logs statements rather than rows for its replicas takes no writes so, and keeps its own isolation; then
 * there are more deadlocks, and nothing else changes.
 */
export async function openForWriting({ connection }: Session): Promise<void> {
  const settings = new Map(await logging(connection));
  if (settings.get('log_bin') === 'ON' && settings.get('binlog_format') === 'STATEMENT') return;
  await connection.run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
}

async function logging(connection: Connection): Promise<[string, string][]> {
  const rows = await connection.select("SHOW VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format')");
  return rows.map(([name, value]) => [String(name), String(value)]);
}
