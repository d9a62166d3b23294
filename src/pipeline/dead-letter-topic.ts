import type { ByteSink } from '../endpoints/endpoint.js';
import type { RowProducer } from '../endpoints/kafka/producer/row-producer.js';
import type { TopicWriter } from '../endpoints/kafka/producer/topic-writer.js';

const LINE_FEED = 10;

/** Lines as records of a topic, without a key. */
export class DeadLetterTopic implements ByteSink {
  constructor(
    readonly name: string,
    readonly producer: RowProducer,
    readonly writer: TopicWriter,
    readonly closed: () => Promise<void>,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    const starts: number[] = [];
    const ends: number[] = [];
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(LINE_FEED, from);
      starts.push(from);
      ends.push(end);
      from = end + 1;
    }
    const values = { bytes, starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
    const times = new Float64Array(starts.length).fill(Date.now());
    this.writer.write({ count: starts.length, values, times });
    await this.producer.room();
  }

  flush(): Promise<void> {
    return this.producer.flush();
  }

  async close(): Promise<void> {
    this.writer.close();
    this.producer.close();
    await this.closed();
  }
}
