import { findTopics } from '../../endpoints/kafka/find-topics.js';
import { COMMITTED, readPartitions } from '../../endpoints/kafka/read-partitions.js';
import { BatchReader } from '../../endpoints/kafka/records/batch-reader.js';
import { parseOffset } from '../../endpoints/kafka/start-offsets.js';
import { type Fetched, type TopicPartition, TopicReader } from '../../endpoints/kafka/topic-reader.js';
import { TopicWatch } from '../../endpoints/kafka/topic-watch.js';
import { UsageError } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import { KnownWriters } from '../known-writers.js';
import { openRegistry } from '../open-registry.js';
import { openCluster } from '../open-topics.js';
import { AvroTexts } from './avro-texts.js';
import { openTailOutput, type TailOutputOptions, topicUri } from './open-tail-output.js';
import type { TailOutput } from './placed-records.js';

export interface TailOptions extends Omit<TailOutputOptions, 'avro'> {
  /** Names and patterns. */
  readonly topics: readonly string[];
  /** The URL of the schema registry. */
  readonly registry?: string;
  /** The schema that values name by their fingerprint, besides those that freshet knows. */
  readonly schema?: RecordSchema;
  /** As `--offset` has it. */
  readonly offset: string;
  /** Whether it ends where the topics end when it begins. */
  readonly untilEnd: boolean;
  /** It ends after so many records; Infinity: never. */
  readonly count: number;
}

/**
 * Puts the records of topics out as they come.
 * @throws UsageError for a topic that is missing, ServiceError where no broker answers, ReaderGone
 */
export async function tailTopics(options: TailOptions): Promise<void> {
  const { topics, offset, untilEnd, to, stop, show } = options;
  const range = parseOffset(offset);
  const into = to === undefined ? [] : topicUri(to).topics;
  const registry = options.registry === undefined ? undefined : openRegistry(options.registry, show);
  const avro = new AvroTexts(new KnownWriters(options.schema, registry), show);
  const cluster = openCluster(options.brokers, { stop: stop.aborted(), show });
  const reader = new TopicReader({ cluster, committed: COMMITTED, show });
  let output: TailOutput | undefined;
  let watch: TopicWatch | undefined;
  try {
    const found = await findTopics(cluster, topics);
    const partitions = found.flatMap(({ topic, partitions: all }) =>
      all.map(({ partition }) => ({ topic, partition })),
    );
    const endless = !untilEnd && range.end === undefined;
    if (endless && found.some(({ topic }) => into.includes(topic))) {
      throw new UsageError(
        `${to} is read and written at once, without end`,
        '--until-end reads what stands there now.',
      );
    }
    const end = range.end ?? (untilEnd ? ({ at: 'end' } as const) : undefined);
    await readPartitions(reader, cluster, partitions, { start: range.start, ...(end === undefined ? {} : { end }) });
    watch = new TopicWatch({ cluster, wanted: topics, topics: found });
    // What it writes itself is not read, also where a pattern fits it.
    const others = (added: readonly TopicPartition[]): TopicPartition[] =>
      added.filter(({ topic }) => !into.includes(topic));
    if (endless) watch.start((added) => readPartitions(reader, cluster, others(added), { start: { at: 'beginning' } }));
    stop.onRequest(() => {
      reader.stop();
      registry?.client.close();
    });
    output = await openTailOutput({ ...options, avro });
    await new Tail(options, reader, output).run();
    await output.flush();
  } finally {
    watch?.stop();
    reader.stop();
    registry?.client.close();
    await output?.close();
    await cluster.close();
  }
}

/** Puts out what a reader gives. */
class Tail {
  readonly #options: TailOptions;
  readonly #reader: TopicReader;
  readonly #output: TailOutput;
  readonly #batches = new BatchReader();
  #left: number;

  constructor(options: TailOptions, reader: TopicReader, output: TailOutput) {
    this.#options = options;
    this.#reader = reader;
    this.#output = output;
    this.#left = options.count;
  }

  async run(): Promise<void> {
    while (this.#left > 0 && this.#options.stop.requested === undefined) {
      await this.#reader.ready();
      const got = this.#reader.take();
      if (got === 'end') return;
      if (got === 'wait') continue;
      await this.#put(got);
      this.#reader.done(got);
    }
  }

  async #put(fetched: Fetched): Promise<void> {
    const { topic, partition, batches, problems } = fetched;
    for (const { offset, problem } of problems) this.#options.show(`${topic}:${partition}:${offset}: ${problem}`);
    for (let place = 0; place < batches.length && this.#left > 0; ) place = await this.#add(fetched, place);
  }

  /** @returns the place of the batch that comes next */
  async #add(fetched: Fetched, place: number): Promise<number> {
    const { topic, partition, batches } = fetched;
    const { split, first, behind: end, next, problem } = this.#batches.read(batches, place, fetched);
    if (problem !== undefined) this.#options.show(`${topic}:${partition}:${problem.offset}: ${problem.reason}`);
    if (split === undefined) return next;
    const behind = Math.min(end, first + this.#left);
    this.#left -= behind - first;
    await this.#output.add({ topic, partition, split }, first, behind);
    return next;
  }
}
