import type { TopicWriter } from './topic-writer.js';

/** Who sends what writers take. */
export interface RowProducer {
  topic(topic: string, partitions: number, mostBytes: number): TopicWriter;
  /** Resolves when more may be written. */
  room(): Promise<void>;
  /** Resolves when what was written is safe; in a transaction it is with the commit. */
  flush(): Promise<void>;
  close(): void;
}
