import type { SecureListeners } from './secure-listeners.js';

/** Where a node listens, on this machine alone. */
export interface NodeAddress {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
}

/** The configuration of a node that is broker and controller in one: small, and quick to rebalance. */
export function nodeProperties(
  node: NodeAddress,
  nodes: readonly NodeAddress[],
  data: string,
  secure?: SecureListeners,
  settings?: Readonly<Record<string, string>>,
): string {
  const copies = Math.min(nodes.length, 3);
  const inSync = Math.ceil(copies / 2);
  const plain = `PLAINTEXT://127.0.0.1:${node.port}`;
  const [more, protocols] = secure === undefined ? [[], []] : [[secure.listeners], [secure.protocols]];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(','),
    listeners: [plain, `CONTROLLER://127.0.0.1:${node.controllerPort}`, ...more].join(),
    'advertised.listeners': [plain, ...more].join(),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': ['PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT', ...protocols].join(),
    ...secure?.properties,
    'log.dirs': data,
    'num.partitions': 4,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'auto.create.topics.enable': true,
    'log.retention.hours': -1,
    'log.segment.bytes': 268_435_456,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 8_388_608,
    'log.cleaner.threads': 1,
    ...settings,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
