import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, KafkaJSProtocolError, type Message, Partitioners } from 'kafkajs';
import { registryHeader } from '../../src/codecs/avro/value-header.js';
import { StopSignal } from '../../src/pipeline/stop-signal.js';
import { tailTopics } from '../../src/pipeline/tail/tail-topics.js';
import { client, producing } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { register } from '../services/registry/subjects.js';
import type { Input, InputRecord } from './records-in.js';
import { annotatedKey, keyText } from './route.js';

/** A topic that stands for an input, and what stands at each offset of each of its partitions. */
export interface LoadedTopic {
  readonly topic: string;
  readonly places: readonly (readonly InputRecord[])[];
}

/** What one request of a producer may hold, with room for what stands around the records. */
const REQUEST_BYTES = 500_000;
interface Request {
  readonly messages: Message[];
  bytes: number;
}

const partitionerOf = Partitioners.DefaultPartitioner();

/** Topics of cases. */
export class CaseTopics {
  readonly #admin: Admin;
  /** Who deletes is not to try again by itself: what is gone then is an error. */
  readonly #deleter: Admin;
  /** Names of topics and groups that nobody needs any more. */
  readonly #forgotten = new Set<string>();
  #deleting: Promise<void> | undefined;

  private constructor(
    readonly brokers: string,
    readonly registry: string,
  ) {
    this.#admin = client(brokers).admin();
    this.#deleter = client(brokers).admin({ retry: { retries: 0 } });
  }

  static async open(brokers: string, registry: string): Promise<CaseTopics> {
    const topics = new CaseTopics(brokers, registry);
    await Promise.all([topics.#admin.connect(), topics.#deleter.connect()]);
    return topics;
  }

  async close(): Promise<void> {
    await this.#deleting;
    await Promise.all([this.#admin.disconnect(), this.#deleter.disconnect()]);
  }

  /** Makes so many topics, whose partitions have leaders when it resolves. */
  async make(count: number, partitions: number): Promise<string[]> {
    if (count === 0) return [];
    const names = Array.from({ length: count }, () => freshName('parity'));
    const topics = names.map((topic) => ({ topic, numPartitions: partitions }));
    await again(() => this.#admin.createTopics({ topics, waitForLeaders: false }));
    while (!(await this.#haveLeaders(names, partitions))) await sleep(20);
    return names;
  }

  async #haveLeaders(names: readonly string[], partitionCount: number): Promise<boolean> {
    // The broker may not have heard of topics that the controller has made.
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [...names] }).catch(() => ({ topics: [] }));
    const partitions = topics.flatMap((one) => one.partitions);
    return partitions.length === partitionCount * names.length && partitions.every(({ leader }) => leader >= 0);
  }

  /** Says what the values of a topic are written with, and gives what begins each of them: nothing but of Avro. */
  async register(topic: string, { schema }: Input): Promise<Buffer> {
    if (schema === undefined) return Buffer.of();
    return Buffer.from(registryHeader(await register(this.registry, `${topic}-value`, schema)));
  }

  /** Writes the records of an input, by their key where they have one. @param header what begins each value */
  async load(
    topic: string,
    header: Buffer,
    partitions: number,
    { records, schema }: Input,
    given: readonly string[],
  ): Promise<LoadedTopic> {
    const annotated = annotatedKey(schema);
    const key = annotated.length === 0 ? given : annotated;
    const partitionMetadata = Array.from({ length: partitions }, (_, at) => ({
      ...{ partitionErrorCode: 0, partitionId: at, leader: 0 },
      ...{ replicas: [], isr: [] },
    }));
    const places: InputRecord[][] = Array.from({ length: partitions }, () => []);
    // Each is of one partition: where one of several has no leader yet, kafkajs writes to all of them again.
    const requests: Request[] = [];
    const begun = new Map<number, Request>();
    for (const [at, record] of records.entries()) {
      // Who writes one that can't be read knows what it is about.
      const own = keyText(record.content, key) ?? `${at}`;
      const value = Buffer.concat([header, record.value]);
      const message: Message = { key: own, value };
      const partition = partitionerOf({ topic, partitionMetadata, message });
      places[partition]?.push(record);
      let request = begun.get(partition);
      if (request === undefined || request.bytes + value.length > REQUEST_BYTES) {
        request = { messages: [], bytes: 0 };
        requests.push(request);
        begun.set(partition, request);
      }
      request.messages.push({ ...message, partition });
      request.bytes += value.length;
    }
    // A producer of kafkajs asks about all topics that it has ever written to, also about those that are gone.
    await producing(this.brokers, async (producer) => {
      for (const { messages } of requests) await producer.send({ topic, messages, acks: -1 });
    });
    return { topic, places };
  }

  /** What `freshet tail` prints of a topic. */
  async printed(topic: string, form: 'json' | 'raw'): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    await tailTopics({
      ...{ brokers: this.brokers, topics: [topic], offset: 'beginning', untilEnd: true, form },
      count: Number.POSITIVE_INFINITY,
      sink: {
        name: 'the rows of a case',
        write: async (bytes) => {
          chunks.push(bytes);
        },
        flush: async () => {},
        close: async () => {},
      },
      stop: new StopSignal(),
      show: () => {},
    });
    return Buffer.concat(chunks);
  }

  /** How many copies share a group that is settled. */
  async members(group: string): Promise<number> {
    const { groups } = await again(() => this.#admin.describeGroups([group]));
    return groups[0]?.state === 'Stable' ? groups[0].members.length : 0;
  }

  /** How many records of a topic a group has committed. */
  async committed(groupId: string, topic: string): Promise<number> {
    // Asked about a topic, kafkajs asks about it for ever, and fails when it is gone.
    const found = await again(() => this.#admin.fetchOffsets({ groupId }));
    const own = found.filter((one) => one.topic === topic);
    const offsets = own.flatMap(({ partitions }) => partitions.map(({ offset }) => Math.max(0, Number(offset))));
    return offsets.reduce((sum, offset) => sum + offset, 0);
  }

  /** Whether a group sends records on between its copies. */
  async sendsOn(group: string): Promise<boolean> {
    return (await again(() => this.#admin.listTopics())).includes(`${group}-repartition`);
  }

  /** Has topics deleted, and those of a group: a broker is not made for as many as all cases have. */
  forget(names: readonly string[], group: string): void {
    for (const name of [...names, group]) this.#forgotten.add(name);
    this.#deleting ??= this.#deleteForgotten().finally(() => {
      this.#deleting = undefined;
    });
  }

  /** Many at once, and not while a case waits. */
  async #deleteForgotten(): Promise<void> {
    for (;;) {
      await sleep(500);
      const all = await again(() => this.#admin.listTopics());
      const topics = all.filter((name) => this.#forgotten.has(name.replace(/-(changelog|repartition)$/, '')));
      if (topics.length === 0) return;
      // What is there still is deleted by the next turn.
      await this.#deleter.deleteTopics({ topics }).catch(() => {});
    }
  }
}

/** Asks again where kafkajs fails: it asks for all topics, and takes one that is just being deleted for an error. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 40; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || !(error instanceof KafkaJSProtocolError && error.retriable)) throw error;
      await sleep(50);
    }
  }
}
