import type { ValueDecoder } from '../../codecs/codec.js';
import type { TopicPartition } from '../../endpoints/kafka/fetch-queue.js';
import { readHeaders } from '../../endpoints/kafka/records/read-headers.js';
import { RecordSplitter, type SplitRecords } from '../../endpoints/kafka/records/record-splitter.js';
import type { Batch, Envelope } from '../../records/batch.js';
import { ServiceError } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import { type Frame, readFrame } from './frame.js';

export interface ReceivedOptions {
  readonly schema: RecordSchema;
  /** Of its own: it has nothing but what frames hold. */
  readonly decoder: ValueDecoder;
  /** The number of a partition within the pipeline. */
  readonly numberOf: (partition: TopicPartition) => number;
}

/** A frame in the topic between. */
interface Received {
  readonly frame: Frame;
  /** Where its records come from. */
  readonly from: TopicPartition;
  readonly part: number;
  readonly offset: number;
}

/** What was sent on, as batches: those that have a frame's rows, and one without rows for a frame that has none. */
export class ReceivedFrames {
  readonly #options: ReceivedOptions;
  readonly #splitter = new RecordSplitter();
  #waiting: Received[] = [];
  /** The one whose rows are being given, and whether some were. */
  #current: Received | undefined;
  #split: SplitRecords | undefined;
  #begun = false;

  constructor(options: ReceivedOptions) {
    this.#options = options;
  }

  /**
   * Takes records of the topic between; they are copied.
   * @throws ServiceError where another version of freshet has written them
   */
  add({ topic, partition: part }: TopicPartition, split: SplitRecords, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const { buffer, keyStarts, keyEnds, starts, ends } = split;
      if (starts[index] < 0 || keyStarts[index] < 0) continue;
      const offset = split.offset(index);
      const frame = readFrame(buffer.slice(starts[index], ends[index]));
      if (frame === undefined) {
        throw new ServiceError(
          `${topic}:${part}:${offset}: another version of freshet has written what lies between the parts`,
          'Let that version read the topic to its end, or begin anew with --reset.',
        );
      }
      const source = Buffer.from(buffer.subarray(keyStarts[index], keyEnds[index])).toString();
      this.#waiting.push({ frame, from: { topic: source, partition: frame.partition }, part, offset });
    }
  }

  next(): Batch | undefined {
    const { decoder, schema } = this.#options;
    for (;;) {
      if (this.#current !== undefined) {
        const batch = decoder.next(1);
        if (batch !== undefined) return this.#given(batch, this.#current);
        if (decoder.waiting !== undefined) return undefined;
        this.#current = undefined;
      }
      const next = this.#waiting.shift();
      if (next === undefined) return undefined;
      const { frame, part } = next;
      if (frame.count === 0) {
        const origin = { ...this.#placeOf(next), unit: 'offset' as const, ordinal: () => 0 };
        return { schema, length: 0, columns: new Map(), origin, exchanged: { part, reached: frame.reached } };
      }
      this.#current = next;
      this.#begun = false;
      this.#decode(next);
    }
  }

  /** Set where next() has given nothing because a schema has to be found first. */
  get waiting(): Promise<void> | undefined {
    return this.#current === undefined ? undefined : this.#options.decoder.waiting;
  }

  /** Whether some of a frame's rows were given and others were not: a frame counts as a whole. */
  get isWithin(): boolean {
    return this.#begun && this.#isOpen;
  }

  /** The offset of the first frame that was not given whole; undefined: all were. */
  get pending(): number | undefined {
    return this.#isOpen ? this.#current?.offset : this.#waiting[0]?.offset;
  }

  /** Drops what was not given. */
  forget(): void {
    const { decoder } = this.#options;
    while (decoder.next(1) !== undefined);
    decoder.forget?.();
    this.#waiting = [];
    this.#current = undefined;
  }

  close(): void {
    this.#options.decoder.close();
    this.#splitter.close();
  }

  get #isOpen(): boolean {
    return this.#current !== undefined && (!this.#begun || this.#options.decoder.pending !== undefined);
  }

  #placeOf({ from }: Received): { readonly source: string; readonly partition: number } {
    return { source: `${from.topic}:${from.partition}`, partition: this.#options.numberOf(from) };
  }

  #decode(received: Received): void {
    const { records, count, offset } = received.frame;
    const split = this.#splitter.split(records, count);
    this.#split = split;
    this.#options.decoder.add({
      ...this.#placeOf(received),
      buffer: split.buffer,
      starts: split.starts,
      ends: split.ends,
      count,
      bytes: records.length,
      offset: (index) => offset + split.times[index],
    });
  }

  #given(batch: Batch, { frame, part }: Received): Batch {
    this.#begun = true;
    return {
      ...batch,
      exchanged: { part, reached: frame.reached },
      envelope: (offset) => this.#envelopeOf(offset - frame.offset),
    };
  }

  /** @param distance of the record's offset to the frame's first */
  #envelopeOf(distance: number): Envelope | undefined {
    const split = this.#split;
    const index = split?.times.indexOf(distance) ?? -1;
    if (split === undefined || index < 0) return undefined;
    const { buffer, keyStarts, keyEnds, headerStarts } = split;
    const key = keyStarts[index] < 0 ? undefined : buffer.slice(keyStarts[index], keyEnds[index]);
    const headers = readHeaders(buffer, headerStarts[index]);
    return { key, headers: headers.map(({ name, value }) => ({ name, value: value?.slice() })) };
  }
}
