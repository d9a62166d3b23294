import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DATA } from '../data-sets.mjs';
import { freshet } from '../programs.mjs';

/**
 * A program that reads a topic to its end, writes the newest record per channel and day to another topic, and the same
 * to a compacted topic of its own, its changelog.
 *
 * @typedef {object} TopicProgram
 * @property {string} id
 * @property {string} name
 * @property {(job: Job) => string[]} command
 * @property {(job: Job) => string} [changelog] the topic that its changelog is in
 * @property {boolean} [makesChangelog] it is made by the program itself
 * @property {() => string | undefined} version undefined where it is not on this machine
 * @property {string} [howToInstall]
 * @property {boolean} [givesNoAnswer] it reads and writes nothing
 *
 * @typedef {{ brokers: string, topic: string, out: string, group: string, everyMs: number, records: number }} Job
 */

const PEERS = fileURLToPath(new URL('../peers/', import.meta.url));
const BUILD = 'sh bench/setup-kafka.sh';
const GO = `${DATA}peers/kafka-go`;
const STREAMS = `${DATA}peers/kafka-streams`;

/** Whether freshet can be told which guarantee is wanted; else it gives exactly once from topic to topic. */
export const hasGuarantee = once(() => {
  const help = spawnSync('node', ['bin/freshet.js', 'aggregate', 'daily', '--help'], { cwd: `${PEERS}../..` });
  return help.stdout.includes('--guarantee');
});

/** @param {'at-least-once' | 'exactly-once'} guarantee @returns {TopicProgram} */
function freshetWith(guarantee) {
  return {
    ...freshet,
    id: guarantee,
    name: `freshet (${guarantee.replaceAll('-', ' ')})`,
    command: (job) => [...freshetDaily(job, guarantee), '--until-end'],
    changelog: ({ group }) => `${group}-changelog`,
    makesChangelog: true,
    version: () => (guarantee === 'exactly-once' || hasGuarantee() ? freshet.version() : undefined),
    howToInstall: 'this freshet knows no --guarantee',
  };
}

/** freshet as it is run without an end. @param {Job} job */
export function freshetDaily({ brokers, topic, out, group, everyMs }, guarantee) {
  return [
    ...['node', 'bin/freshet.js', 'aggregate', 'daily', '--schema', 'yt', '--brokers', brokers, '--group', group],
    ...['--from', `kafka:${topic}`, '--to', `kafka:${out}`, '--every', `${everyMs}ms`],
    ...(hasGuarantee() ? ['--guarantee', guarantee] : []),
  ];
}

export const atLeastOnce = freshetWith('at-least-once');
export const exactlyOnce = freshetWith('exactly-once');

/** In 512 MB it runs as fast as in all of the memory; the serial collector takes the least CPU. */
const LEAN = ['-Xmx512m', '-XX:+UseSerialGC'];

/** @param {string[]} jvm the machine's options @returns {TopicProgram} */
function kafkaStreams(id, name, guarantee, jvm = LEAN) {
  return {
    id,
    name,
    command: ({ brokers, topic, out, group, everyMs, records }) => [
      ...['java', ...jvm, '-cp', `${STREAMS}/classes:${STREAMS}/jars/*`],
      ...['freshet.bench.NewestPerDay', brokers, topic, out, group, guarantee, `${everyMs}`, `${records}`],
      `${DATA}streams-state`,
    ],
    changelog: ({ group }) => `${group}-newest-changelog`,
    makesChangelog: true,
    version: () =>
      existsSync(`${STREAMS}/classes`)
        ? /<kafka.version>(.*)</.exec(readFileSync(`${PEERS}kafka-streams/pom.xml`, 'utf8'))?.[1]
        : undefined,
    howToInstall: BUILD,
  };
}

export const streams = kafkaStreams('streams', 'Kafka Streams (at least once)', 'at_least_once');
export const streamsExactly = kafkaStreams('streams-eos', 'Kafka Streams (exactly once)', 'exactly_once_v2');
/** As it runs where nobody tells Java how much memory to take. */
export const streamsUntold = {
  ...kafkaStreams('streams-jvm', 'Kafka Streams (at least once, Java untold)', 'at_least_once', []),
  once: true,
};
export const streamsExactlyUntold = {
  ...kafkaStreams('streams-eos-jvm', 'Kafka Streams (exactly once, Java untold)', 'exactly_once_v2', []),
  once: true,
};

/** @type {TopicProgram} */
export const goConsumer = {
  id: 'go',
  name: 'Go, by hand (at least once)',
  command: ({ brokers, topic, out, group, everyMs, records }) => [
    ...[GO, brokers, topic, out, `${group}-changelog`, group],
    ...[`${everyMs}`, `${records}`],
  ],
  changelog: ({ group }) => `${group}-changelog`,
  version: () =>
    existsSync(GO) ? /franz-go (v\S+)/.exec(readFileSync(`${PEERS}kafka-go/go.mod`, 'utf8'))?.[1] : undefined,
  howToInstall: BUILD,
};

/** @type {TopicProgram} */
export const kcat = {
  id: 'kcat',
  name: 'kcat (the floor: it only reads)',
  command: ({ brokers, topic }) => [
    ...['kcat', '-C', '-b', brokers, '-t', topic, '-o', 'beginning', '-e', '-q', '-f', '', '-X', 'check.crcs=true'],
  ],
  version: () => {
    const { status, stdout } = spawnSync('kcat', ['-V'], { encoding: 'utf8' });
    return status === 0 ? /Version (\S+)/.exec(stdout)?.[1] : undefined;
  },
  howToInstall: 'apt-get install kcat',
  givesNoAnswer: true,
};

function once(find) {
  let found;
  return () => {
    found ??= find();
    return found;
  };
}
