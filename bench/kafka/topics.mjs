import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../bench-error.mjs';

export const PARTITIONS = 4;
const KEYED_LINES = fileURLToPath(new URL('keyed-lines.mjs', import.meta.url));

export function freshName(name) {
  return `bench-${name}-${randomBytes(4).toString('hex')}`;
}

/** Runs `use` with kafkajs' administration, connected for as long. */
export async function withAdmin({ client }, use) {
  const admin = client.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** @param {{ compacted?: boolean }} how compacted: as changelogs are */
export function createTopic(broker, topic, { compacted = false } = {}) {
  // Rows have the times of their records, which are of 2017.
  const configEntries = [{ name: 'retention.ms', value: '-1' }];
  if (compacted) configEntries.push({ name: 'cleanup.policy', value: 'compact' });
  const topics = [{ topic, numPartitions: PARTITIONS, configEntries }];
  return withAdmin(broker, async (admin) => {
    await admin.createTopics({ topics, waitForLeaders: false });
    // kafkajs itself gives up where a broker has not heard of the topic yet.
    while (!(await hasLeaders(admin, topic))) await sleep(20);
  });
}

async function hasLeaders(admin, topic) {
  try {
    return (await admin.fetchTopicOffsets(topic)).length === PARTITIONS;
  } catch (error) {
    if (error.retriable) return false;
    throw error;
  }
}

/** Those that are there of them. */
export function deleteTopics(broker, topics) {
  return withAdmin(broker, async (admin) => {
    const present = new Set(await admin.listTopics());
    await admin.deleteTopics({ topics: topics.filter((topic) => present.has(topic)) });
  });
}

/** Where the partitions of a topic end; none where there is no such topic. */
export function endsOf(broker, topic) {
  return withAdmin(broker, async (admin) => {
    if (!(await admin.listTopics()).includes(topic)) return new Map();
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  });
}

/**
 * Makes a topic of the lines of a file, keyed by channel, with Kafka's own producer: in batches of 16 KB, as Java's
 * clients make them unless told.
 * @param {{ path: string, records: number, compression?: string, times?: number }} plan times: how often the file
 */
export async function loadTopic(broker, topic, { path, records, compression = 'none', times = 1 }) {
  await createTopic(broker, topic);
  const java = ['java', '-Xmx256m', '-cp', `${broker.jars}/*`, 'org.apache.kafka.tools.ConsoleProducer'];
  const flags = ['--bootstrap-server', broker.address, '--topic', topic, '--compression-codec', compression];
  const script = 'lines=$1 file=$2 times=$3; shift 3; node "$lines" "$file" "$times" | "$@"';
  const command = [...java, ...flags, '--reader-property', 'parse.key=true'];
  const words = ['-c', script, 'sh', KEYED_LINES, path, `${times}`, ...command];
  const { status, stderr } = spawnSync('sh', words, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  const written = [...(await endsOf(broker, topic)).values()].reduce((sum, end) => sum + end, 0);
  if (status === 0 && written === records * times) return;
  throw new BenchError(`${path} is not in ${topic}: ${written} of ${records * times} records are.\n${stderr}`);
}
