import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, ServerProcess } from '../server-process.js';
import { missingCommand, type Service } from '../service.js';
import { type NodeAddress, nodeProperties } from './node-properties.js';
import type { SecureListeners } from './secure-listeners.js';

const run = promisify(execFile);
const FETCH_JARS = fileURLToPath(new URL('../fetch-jars.sh', import.meta.url));

/** Apache Kafka, one node that is broker and controller in one. The address is a list of HOST:PORT. */
export const kafka: Service = {
  name: 'kafka',
  variable: 'FRESHET_TEST_KAFKA',
  container: {
    image: 'apache/kafka:4.3.1',
    port: 9092,
    environment: (port) => ({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_NUM_PARTITIONS: '4',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    }),
    ready: /Kafka Server started/,
    address: (port) => `127.0.0.1:${port}`,
  },
  missing: () => missingCommand('java', 'mvn'),
  start: async (folder, owner) => (await startKafka(folder, { owner })).address,
};

/** A cluster of one's own. Its nodes have the ids 1, 2, …, and keep their data and addresses from start to start. */
export interface Kafka {
  /** As HOST:PORT,HOST:PORT,… */
  readonly address: string;
  /** Resolves when the node takes clients. */
  start(id: number): Promise<void>;
  /** Resolves when a node has ended by itself. */
  ended(id: number): Promise<void>;
  /** Ends a node as kill -9 does. */
  kill(id: number): Promise<void>;
  /** Ends a node, or all of them, in an orderly way. */
  stop(id?: number): Promise<void>;
  /** Runs one of Kafka's own tools, and gives what it prints. */
  tool(mainClass: string, ...args: readonly string[]): Promise<string>;
  /** The same with something on its standard input. */
  feed(input: string, mainClass: string, ...args: readonly string[]): Promise<string>;
}

export interface StartOptions {
  readonly owner?: number;
  readonly brokers?: 1 | 3;
  /** Of a single node: listeners besides the plain one. */
  readonly secure?: SecureListeners;
  /** More properties of each node. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether what it does is measured: it is compiled as well as Java can then, which costs more than tests get back. */
  readonly isMeasured?: boolean;
  /** Bytes that a file may have until a node is started again: writing more fails, as on a disk that is full. */
  readonly room?: number;
}

export async function startKafka(
  folder: string,
  { owner = process.pid, brokers = 1, secure, settings, isMeasured = false, room }: StartOptions = {},
): Promise<Kafka> {
  mkdirSync(folder, { recursive: true });
  const jars = (await run('sh', [FETCH_JARS, 'kafka'])).stdout.trim();
  const logging = join(folder, 'log4j2.properties');
  writeFileSync(logging, LOGGING);
  const compiled = isMeasured ? [] : ['-XX:TieredStopAtLevel=1'];
  const common = [
    ...compiled,
    '-XX:+UseSerialGC',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=file:${logging}`,
  ];
  const java = (megabytes: number): string[] => [...common, `-Xmx${megabytes}m`, '-cp', `${jars}/*`];
  const feed = async (input: string, mainClass: string, ...args: readonly string[]): Promise<string> => {
    const running = run('java', [...java(256), mainClass, ...args], { maxBuffer: 1 << 28 });
    running.child.stdin?.end(input);
    return (await running).stdout;
  };
  const tool = (mainClass: string, ...args: readonly string[]): Promise<string> => feed('', mainClass, ...args);
  const nodes: NodeAddress[] = [];
  for (let id = 1; id <= brokers; id++) nodes.push({ id, port: await freePort(), controllerPort: await freePort() });
  const file = (id: number): string => join(folder, `node${id}.properties`);
  // An argument that begins with - would be taken for a flag.
  const cluster = createHash('sha256').update(folder).digest('base64url').slice(0, 22).replace(/^-/, 'A');
  for (const node of nodes) {
    writeFileSync(file(node.id), nodeProperties(node, nodes, join(folder, `data${node.id}`), secure, settings));
  }
  const users = secure?.format ?? [];
  await Promise.all(
    nodes.map(({ id }) => tool('kafka.tools.StorageTool', 'format', '-t', cluster, '-c', file(id), ...users)),
  );
  const servers = new Map<number, ServerProcess>();
  const start = async (id: number, bytes?: number): Promise<void> => {
    const limited = bytes === undefined ? [] : ['sh', '-c', `ulimit -f ${Math.floor(bytes / 512)}; exec "$@"`, 'sh'];
    const [command = 'java', ...args] = [...limited, 'java', ...java(512), 'kafka.Kafka', file(id)];
    const server = ServerProcess.start(`node${id}`, folder, owner, [command, ...args]);
    servers.set(id, server);
    // It is logged once the broker takes clients, not when its port is open.
    await server.until(() => server.log().includes('Kafka Server started'));
  };
  await Promise.all(nodes.map(({ id }) => start(id, room)));
  return {
    address: nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
    start: (id) => start(id),
    ended: async (id) => servers.get(id)?.ended(),
    kill: async (id) => servers.get(id)?.end('SIGKILL'),
    stop: async (id) => {
      await Promise.all(
        [...servers].map(([one, server]) => (id === undefined || id === one ? server.end('SIGTERM') : undefined)),
      );
    },
    tool,
    feed,
  };
}

const LOGGING = `status=error
appender.c.type=Console
appender.c.name=C
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=%d %p %m (%c{1})%n
rootLogger.level=WARN
rootLogger.appenderRef.c.ref=C
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=INFO
`;
