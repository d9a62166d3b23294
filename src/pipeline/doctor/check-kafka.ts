import type { Cluster } from '../../endpoints/kafka/client/cluster.js';
import { apiVersions, kafkaVersion } from '../../endpoints/kafka/protocol/api-versions.js';
import { ERROR } from '../../endpoints/kafka/protocol/error-codes.js';
import type { BrokerInfo, Metadata } from '../../endpoints/kafka/protocol/metadata.js';
import { openCluster } from '../open-topics.js';
import { type Check, type Finding, wrong } from './check.js';

/** Topics that are named; of more only how many there are. */
const NAMED = 10;

/** The brokers, one by one, and the topics that they have. */
export function checkKafka(brokers: string | undefined): Check {
  const at = { what: 'kafka', where: '' };
  const named = brokers ?? process.env.KAFKA_BROKERS ?? process.env.KAFKA_HOST ?? '';
  if (named === '') {
    const says = 'not configured: neither --brokers nor KAFKA_BROKERS names one';
    return { ...at, run: async () => [{ ...at, state: 'absent', says }] };
  }
  return {
    ...at,
    where: named.includes('@') ? '' : named,
    run: async () => {
      const cluster = openCluster(brokers);
      try {
        const found = await cluster.refresh(undefined);
        const nodes = await Promise.all(found.brokers.map((broker) => brokerFinding(cluster, broker)));
        return [clusterFinding(cluster, found), ...nodes];
      } catch (error) {
        return [wrong({ ...at, where: cluster.name }, error)];
      } finally {
        await cluster.close();
      }
    },
  };
}

/** What freshet asks of every broker that leads a partition. */
async function brokerFinding(cluster: Cluster, { node, host, port }: BrokerInfo): Promise<Finding> {
  const at = { what: 'broker', where: `${host}:${port}` };
  try {
    const version = kafkaVersion(await cluster.send(node, apiVersions()));
    return { ...at, state: 'ok', says: `node ${node}, ${version}` };
  } catch (error) {
    const next = 'It is the address that the brokers tell clients: advertised.listeners of their configuration.';
    return { ...wrong(at, error), next };
  }
}

function clusterFinding(cluster: Cluster, { clusterId = 'unknown', controller, topics, brokers }: Metadata): Finding {
  const at = { what: 'kafka', where: cluster.name };
  const leaderless = topics.flatMap(({ topic, partitions }) =>
    partitions
      .filter(({ leader, errorCode }) => leader < 0 || errorCode === ERROR.leaderNotAvailable)
      .map(({ partition }) => `${topic}:${partition}`),
  );
  const own = topics.filter(({ internal }) => !internal).map(({ topic }) => topic);
  own.sort();
  const names = `${own.slice(0, NAMED).join(', ')}${own.length > NAMED ? ', …' : ''}`;
  const says = [
    `cluster ${clusterId}`,
    counted(brokers.length, 'broker'),
    controller < 0 ? 'no controller' : `controller ${controller}`,
    `${counted(own.length, 'topic')}${own.length === 0 ? '' : `: ${names}`}`,
  ].join(', ');
  if (leaderless.length === 0) return { ...at, state: 'ok', says };
  const which = `${leaderless.slice(0, NAMED).join(', ')}${leaderless.length > NAMED ? ', …' : ''}`;
  return {
    ...at,
    state: 'wrong',
    says: `${says}; ${counted(leaderless.length, 'partition')} without a leader: ${which}`,
    next: 'Start the brokers that have them, or wait until they have caught up.',
  };
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
