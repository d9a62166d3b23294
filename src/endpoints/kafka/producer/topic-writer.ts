import { RecordFramer, type UnframedRows } from '../records/record-framer.js';
import type { PartitionQueue } from './partition-queue.js';

/** Rows for the partitions of one topic. */
export class TopicWriter {
  readonly #queues: readonly PartitionQueue[];
  readonly #framer: RecordFramer;
  readonly #batchBytes: number;
  readonly #added: (bytes: number) => void;

  /** @param added told how many bytes more there are, after every write() */
  constructor(queues: readonly PartitionQueue[], batchBytes: number, added: (bytes: number) => void) {
    this.#queues = queues;
    this.#framer = new RecordFramer(queues.length, batchBytes / 2);
    this.#batchBytes = batchBytes;
    this.#added = added;
  }

  /** Takes rows; they are the caller's again at once. */
  write(rows: UnframedRows): void {
    const bytes = this.#framer.frame(rows, (partition, more) =>
      this.#queues[partition].openFor(more, this.#batchBytes),
    );
    this.#added(bytes);
  }

  /** Has rows that are too large for the topic put aside for takeRefused(): otherwise one ends all writing. */
  keepRefused(): this {
    for (const queue of this.#queues) queue.keepsRefused = true;
    return this;
  }

  /** Values of rows that no broker takes, once flush() has waited for its answers; given once. */
  takeRefused(): Uint8Array[] {
    return this.#queues.flatMap(({ refused }) => refused.splice(0));
  }

  close(): void {
    this.#framer.close();
  }
}
