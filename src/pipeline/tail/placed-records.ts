import type { SplitRecords } from '../../endpoints/kafka/records/record-splitter.js';

/** Records, and where they are from. */
export interface PlacedRecords {
  readonly topic: string;
  readonly partition: number;
  readonly split: SplitRecords;
}

/** Where `tail` puts records. */
export interface TailOutput {
  /** Takes the records from one row up to another; resolves when it may be given more. */
  add(records: PlacedRecords, from: number, to: number): Promise<void>;
  /** Resolves when all of them are safe. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
