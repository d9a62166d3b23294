import type { Codec } from '../codecs/codec.js';
import type { Cluster } from '../endpoints/kafka/client/cluster.js';
import type { TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import type { PartitionState } from '../endpoints/kafka/group/shares-options.js';
import type { RowProducer } from '../endpoints/kafka/producer/row-producer.js';
import type { TopicWriter } from '../endpoints/kafka/producer/topic-writer.js';
import { findOffsets } from '../endpoints/kafka/start-offsets.js';
import { TopicReader } from '../endpoints/kafka/topic-reader.js';
import { topicToWrite, type WritableTopic } from '../endpoints/kafka/topic-to-write.js';
import { ExchangedOperator } from '../operators/exchanged-operator.js';
import type { PartitionedOperator } from '../operators/partitioned-operator.js';
import type { Batch } from '../records/batch.js';
import { bug, UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import { loadCodec } from './formats.js';
import type { KeptState } from './pipeline.js';
import { formatNote, type Note, parseNote } from './state-note.js';
import { TopicSink } from './topic-sink.js';
import { TopicSource } from './topic-source.js';

/** What state is written with, in transactions or not. */
export interface StateProducer extends RowProducer {
  partition(topic: string, partition: number, mostBytes: number): TopicWriter;
  /** See Producer.endOf(). */
  endOf(topic: string, partition: number): number;
  /** Ends the transaction, where there is one. */
  commit?(): Promise<void>;
  /** Of one in transactions: see TransactionalProducer.watch(). */
  watch?(partitions: readonly TopicPartition[]): void;
}

export interface StateOptions {
  readonly cluster: Cluster;
  readonly group: string;
  /** Says what the state was computed by: another plan's is of no use. */
  readonly plan: string;
  readonly operator: PartitionedOperator;
  readonly producer: StateProducer;
  readonly zone: Zone;
  readonly show: (sentence: string) => void;
}

/** As large as rows that are sent between parts may be. */
const LARGEST_ROW = 64 * 1024 * 1024;
const PAUSE_MS = 50;
const STIR_MS = 500;
/** After so long it is told what is waited for. */
const PATIENCE_MS = 5000;
/** After so long what is not there has been deleted. */
const LOST_MS = 20_000;

/**
 * An operator's state as a compacted topic, which has a partition for each part: of each primary key the row of state
 * that was kept last, as Kafka Streams keeps its changelogs. Rows, state and positions are one transaction, so that a
 * part is put back just as it was where reading goes on.
 */
export class StateTopic implements PartitionState, KeptState {
  readonly #options: StateOptions;
  readonly #topic: WritableTopic;
  readonly #schema: RecordSchema;
  readonly #sinks = new Map<number, TopicSink>();
  readonly #notes = new Map<number, Note>();

  private constructor(options: StateOptions, topic: WritableTopic) {
    this.#options = options;
    this.#topic = topic;
    this.#schema = options.operator.state;
  }

  /**
   * Opens the topic, and makes it where it is missing.
   * @throws UsageError where the input had another number of partitions when it was made
   */
  static async open(options: StateOptions): Promise<StateTopic> {
    const { cluster, group, operator } = options;
    const parts = operator.partCount;
    const name = `${group}-changelog`;
    // Of a group more is kept than one of its records has.
    const settings = { 'cleanup.policy': 'compact', 'max.message.bytes': String(LARGEST_ROW) };
    const topic = await topicToWrite(cluster, name, { partitions: parts, settings });
    if (topic.partitions !== parts) {
      throw new UsageError(
        `group ${group} keeps the state of ${topic.partitions} partitions, and its topics have ${parts} now`,
        'Keys lie in other partitions than before: choose another --group, which begins anew.',
      );
    }
    options.producer.watch?.(Array.from({ length: parts }, (_, partition) => ({ topic: name, partition })));
    return new StateTopic(options, topic);
  }

  drop(part: number): void {
    this.#options.operator.drop(part);
  }

  settled(parts: readonly number[]): void {
    const { operator } = this.#options;
    if (operator instanceof ExchangedOperator) operator.keepHere(parts);
  }

  noteOf(part: number): string {
    const { plan, producer, operator } = this.#options;
    const note = this.#notes.get(part) ?? { plan, from: 0, to: 0 };
    const to = Math.max(note.to, producer.endOf(this.#topic.topic, part));
    return formatNote({ ...note, to, progress: operator.progress(part) ?? note.progress });
  }

  async restore(part: number, written: string | undefined, patience: number | undefined): Promise<void> {
    const { cluster, operator, show, zone } = this.#options;
    const place = { topic: this.#topic.topic, partition: part };
    const known = written === undefined ? undefined : this.#read(written);
    const end = await this.#stableEnd(place, known?.to ?? 0, patience);
    const note = known ?? { plan: this.#options.plan, from: end, to: end };
    this.#notes.set(part, note);
    const [first = 0] = await findOffsets(cluster, [place], { at: 'beginning' }, true, patience);
    if (note.from < end) {
      const reader = new TopicReader({ cluster, committed: true, show });
      reader.add(place, Math.max(first, note.from), end);
      const paths = this.#schema.fields.map(({ name }) => name);
      const codec = await this.#codec();
      const decoder =
        codec.valueDecoder?.({ schema: this.#schema, zone, projection: { paths, records: operator.readsRecords } }) ??
        bug(`${codec.format} has no values`);
      const source = new TopicSource({
        name: place.topic,
        finite: true,
        schema: this.#schema,
        reader,
        decoder,
        numberOf: () => 0,
        close: async () => {},
      });
      await takeAll(source, (rows) => operator.restore(part, rows));
    }
    if (note.progress !== undefined) operator.resume(part, note.progress);
  }

  /** Keeps rows that a part's flush gave. */
  async keep(part: number, rows: Batch): Promise<void> {
    await (await this.#sink(part)).write(rows);
  }

  async flush(): Promise<void> {
    await this.#options.producer.flush();
  }

  async forget(part: number, rows: Batch): Promise<void> {
    await (await this.#sink(part)).remove(rows);
  }

  async #sink(part: number): Promise<TopicSink> {
    const known = this.#sinks.get(part);
    if (known !== undefined) return known;
    const sink = await this.#sinkOf(part);
    this.#sinks.set(part, sink);
    return sink;
  }

  /**
   * Rows that are given out are kept as they are: people read them. What an operator keeps besides has numbers that JSON
   * can't write.
   */
  #codec(): Promise<Codec> {
    const { state, output } = this.#options.operator;
    return loadCodec(state === output ? 'ndjson' : 'msgpack');
  }

  /**
   * Behind the last record that no open transaction holds up. A transaction counts as committed, and its positions can
   * be read, before its end has come to every partition that it wrote to: what was committed is waited for.
   */
  async #stableEnd(place: TopicPartition, least: number, patience: number | undefined): Promise<number> {
    const { cluster, group, show } = this.#options;
    const begun = performance.now();
    let stirred = false;
    for (let told = false; ; ) {
      const [end = 0] = await findOffsets(cluster, [place], { at: 'end' }, true, patience);
      if (end >= least) return end;
      if (!stirred && performance.now() - begun > STIR_MS) {
        await this.#stir(place);
        stirred = true;
      }
      const waited = performance.now() - begun;
      if (!told && waited > PATIENCE_MS) {
        show(`${place.topic}:${place.partition} is waited for, which has the state of group ${group} up to ${least}`);
        told = true;
      }
      // Records that were written are there when no transaction is open any more; there are none where the end is another.
      if (waited > LOST_MS && (await findOffsets(cluster, [place], { at: 'end' }, false, patience))[0] === end) {
        throw new UsageError(
          `${place.topic}:${place.partition} ends at ${end}, and the state of group ${group} is up to ${least}: some of it was deleted`,
          '--reset begins anew; another --group leaves it alone.',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /**
   * Adds a record that says nothing: a broker that was killed finds out what is stable in a partition only when
   * something is added to it.
   */
  async #stir({ topic, partition }: TopicPartition): Promise<void> {
    const { producer } = this.#options;
    const nothing = { bytes: new Uint8Array(0), starts: Int32Array.of(-1), ends: Int32Array.of(0) };
    const key = { bytes: Buffer.from('[]'), starts: Int32Array.of(0), ends: Int32Array.of(2) };
    const writer = producer.partition(topic, partition, this.#topic.limits.batchBytes);
    writer.write({ count: 1, keys: key, values: nothing, times: Float64Array.of(Date.now()) });
    await producer.flush();
    await producer.commit?.();
    writer.close();
  }

  #read(written: string): Note {
    const { plan, group } = this.#options;
    const note = parseNote(written);
    if (note?.plan === plan) return note;
    throw new UsageError(
      note === undefined
        ? `group ${group} has positions and no state: something else has committed them`
        : `group ${group} keeps the state of another plan`,
      '--reset forgets it and begins anew; another --group leaves it alone.',
    );
  }

  async #sinkOf(part: number): Promise<TopicSink> {
    const { producer, zone } = this.#options;
    const { topic, limits } = this.#topic;
    const schema = this.#schema;
    return new TopicSink({
      name: topic,
      schema,
      zone,
      encoder: (await this.#codec()).encoder({ schema }),
      producer,
      writer: producer.partition(topic, part, limits.batchBytes),
      limits,
      close: async () => {},
    });
  }
}

async function takeAll(source: TopicSource, take: (rows: Batch) => void): Promise<void> {
  for (;;) {
    await source.ready();
    const got = source.take();
    if (got === 'end') break;
    if (got !== 'wait' && got.length > 0) take(got);
  }
  await source.close();
}
