import type { RowProducer } from '../endpoints/kafka/producer/row-producer.js';
import type { TopicWriter } from '../endpoints/kafka/producer/topic-writer.js';
import { slicesOf } from '../endpoints/kafka/records/slices-of.js';
import type { Row } from '../records/value.js';
import type { DeadLetterSink } from './dead-letter-record.js';

/** Dead letters as JSON values of a topic's records, which have no key: two letters of one key are two. */
export class DeadLetterTopic implements DeadLetterSink {
  constructor(
    readonly producer: RowProducer,
    readonly writer: TopicWriter,
    readonly closed: () => Promise<void>,
  ) {}

  async write(letters: readonly Row[]): Promise<void> {
    const count = letters.length;
    const values = slicesOf(letters.map((letter) => Buffer.from(JSON.stringify(letter))));
    this.writer.write({ count, values, times: new Float64Array(count).fill(Date.now()) });
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
