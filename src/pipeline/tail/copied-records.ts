import type { RowProducer } from '../../endpoints/kafka/producer/row-producer.js';
import type { TopicWriter } from '../../endpoints/kafka/producer/topic-writer.js';
import { slicesOf } from '../../endpoints/kafka/records/slices-of.js';
import { writeHeaders } from '../../endpoints/kafka/records/write-headers.js';
import { type TopicLimits, writableTimes } from '../../endpoints/kafka/topic-limits.js';
import { deadLetterOf } from './dead-letter.js';
import type { PlacedRecords, TailOutput } from './placed-records.js';

export interface CopyOptions {
  /** Whether of dead letters the records are written that they were. */
  readonly raw: boolean;
  readonly producer: RowProducer;
  readonly writer: TopicWriter;
  readonly limits: TopicLimits;
  readonly close: () => Promise<void>;
}

/** A record as it is written. */
interface Copy {
  readonly key: Uint8Array | undefined;
  readonly value: Uint8Array | undefined;
  readonly headers: Uint8Array;
}

/** Records to another topic, as they are: keys, values, headers and, where the topic takes them, times. */
export class CopiedRecords implements TailOutput {
  readonly #options: CopyOptions;

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  async add(records: PlacedRecords, from: number, to: number): Promise<void> {
    const count = to - from;
    if (count === 0) return;
    const { producer, writer } = this.#options;
    const copies = Array.from({ length: count }, (_, at) => this.#copy(records, from + at));
    writer.write({
      count,
      values: slicesOf(copies.map(({ value }) => value)),
      keys: slicesOf(copies.map(({ key }) => key)),
      headers: slicesOf(copies.map(({ headers }) => headers)),
      times: this.#times(records, from, count),
    });
    await producer.room();
  }

  flush(): Promise<void> {
    return this.#options.producer.flush();
  }

  async close(): Promise<void> {
    this.#options.writer.close();
    this.#options.producer.close();
    await this.#options.close();
  }

  #copy({ split }: PlacedRecords, row: number): Copy {
    const { buffer } = split;
    const slice = (start: number, end: number): Uint8Array | undefined =>
      start < 0 ? undefined : buffer.slice(start, end);
    const value = slice(split.starts[row], split.ends[row]);
    const letter = value === undefined || !this.#options.raw ? undefined : deadLetterOf(value);
    if (letter !== undefined) return { key: letter.key, value: letter.raw, headers: writeHeaders(letter.headers) };
    return {
      key: slice(split.keyStarts[row], split.keyEnds[row]),
      value,
      headers: buffer.slice(split.headerStarts[row], split.headerEnds[row]),
    };
  }

  #times({ split }: PlacedRecords, first: number, count: number): Float64Array {
    const now = Date.now();
    const { from, to } = writableTimes(this.#options.limits, now);
    return Float64Array.from({ length: count }, (_, at) => {
      const time = split.times[first + at];
      return time >= from && time <= to ? time : now;
    });
  }
}
