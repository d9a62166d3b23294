import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Makes libsql end the statements that nobody refers to any more. It has no call for that: a statement ends when it is
 * collected, and a connection not before its statements. Only then the last program that has a file open takes the
 * write-ahead log away, and `process.exit()` collects nothing.
 */
export async function releaseStatements(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  // What is collected is ended in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
}
