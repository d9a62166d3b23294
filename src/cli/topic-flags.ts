import * as Flags from '@oclif/core/flags';
import { count } from './flag-types.js';

export const brokersFlag = {
  brokers: Flags.string({
    env: 'KAFKA_BROKERS',
    helpValue: 'HOST:PORT,…',
    description: 'the Kafka brokers to begin with [default: KAFKA_HOST and KAFKA_PORT]',
    helpGroup: 'KAFKA',
  }),
};

export const registryFlag = {
  registry: Flags.string({
    env: 'SCHEMA_REGISTRY_URL',
    helpValue: 'URL',
    description: 'the schema registry, where the schemas of Avro records in topics are looked up and registered',
    helpGroup: 'KAFKA',
  }),
};

/** Flags of commands that read topics. */
export const topicFlags = {
  ...brokersFlag,
  ...registryFlag,
  offset: Flags.string({
    helpValue: 'OFFSET',
    description:
      'where reading a topic begins: beginning, end, N, -N (the last N), s@TIME; and ends: s@TIME,e@TIME [default: beginning]',
    helpGroup: 'KAFKA',
  }),
  group: Flags.string({
    helpValue: 'NAME',
    description:
      'the consumer group: its copies share the partitions, and it keeps how far they are read [default: a name that comes of what the command does]',
    helpGroup: 'KAFKA',
  }),
  guarantee: Flags.option({
    options: ['exactly-once', 'at-least-once'] as const,
    default: 'exactly-once' as const,
    description:
      'from topics to topics: rows, state and positions in one transaction; from topics to tables: rows without a key once; or without, which is sooner, and what was not committed yet when a copy fails counts twice',
    helpGroup: 'KAFKA',
  })(),
  reset: Flags.boolean({
    description: 'forget how far the group has come, also with rows in tables, and begin at --offset again',
    helpGroup: 'KAFKA',
  }),
  'until-end': Flags.boolean({
    description: 'read topics as far as they go now, and end',
    helpGroup: 'KAFKA',
  }),
};

/** Flags of commands that write topics. */
export const topicOutputFlags = {
  ...brokersFlag,
  ...registryFlag,
  'create-topics': Flags.boolean({
    description: 'make the topics that are written where they are missing',
    helpGroup: 'KAFKA',
  }),
  partitions: count({
    min: 1,
    description: "partitions of a topic that is made [default: the broker's]",
    helpGroup: 'KAFKA',
  }),
  replication: count({
    min: 1,
    description: "copies of each partition of a topic that is made [default: the broker's]",
    helpGroup: 'KAFKA',
  }),
};
