import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, ServerProcess } from '../server-process.js';
import { missingCommand, type Service } from '../service.js';
import { javaOptions } from './java-options.js';
import { LOGGING, nodeSettings } from './node-settings.js';

const run = promisify(execFile);
const FETCH_JARS = fileURLToPath(new URL('../fetch-jars.sh', import.meta.url));

/** Apache Cassandra, one node. The address is that of somebody who may make keyspaces. */
export const cassandra: Service = {
  name: 'cassandra',
  variable: 'FRESHET_TEST_CASSANDRA',
  container: {
    image: 'cassandra:5.0',
    port: 9042,
    environment: () => ({ MAX_HEAP_SIZE: '512M', HEAP_NEWSIZE: '128M' }),
    ready: /Starting listening for CQL clients/,
    address: (port) => `cassandra://127.0.0.1:${port}`,
  },
  missing: () => missingCommand('java', 'mvn'),
  start: async (folder, owner) => (await startCassandra(folder, { owner })).address,
};

/** A node of one's own: it keeps its data and its address from start to start. */
export interface Cassandra {
  /** As `cassandra://HOST:PORT`. */
  readonly address: string;
  /** Resolves when it takes clients. */
  start(): Promise<void>;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface CassandraOptions {
  readonly owner?: number;
  /** More lines of cassandra.yaml. */
  readonly settings?: readonly string[];
  /** See nodeSettings(). */
  readonly durable?: boolean;
}

/** Writes a node's settings into a folder, and starts it. */
export async function startCassandra(
  folder: string,
  { owner = process.pid, settings = [], durable = false }: CassandraOptions = {},
): Promise<Cassandra> {
  mkdirSync(folder, { recursive: true });
  const jars = (await run('sh', [FETCH_JARS, 'cassandra'])).stdout.trim();
  const ports = { clients: await freePort(), nodes: await freePort(), tlsNodes: await freePort() };
  const [yaml, logging] = [join(folder, 'cassandra.yaml'), join(folder, 'logback.xml')];
  writeFileSync(yaml, [...nodeSettings(folder, ports, durable), ...settings, ''].join('\n'));
  writeFileSync(logging, LOGGING);
  const command = ['java', ...javaOptions(jars, folder, yaml, logging)] as const;
  let server: ServerProcess | undefined;
  const start = async (): Promise<void> => {
    const started = ServerProcess.start('cassandra', folder, owner, command);
    server = started;
    await started.until(() => started.log().includes('Starting listening for CQL clients'));
  };
  await start();
  return {
    address: `cassandra://127.0.0.1:${ports.clients}`,
    start,
    kill: async () => server?.end('SIGKILL'),
    stop: async () => server?.end('SIGTERM'),
  };
}
