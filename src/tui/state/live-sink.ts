import type { Sink, SinkCounts } from '../../endpoints/endpoint.js';
import { type Batch, selectedCount } from '../../records/batch.js';
import type { RecordSchema } from '../../records/schema.js';
import type { LiveSource } from './live-source.js';

/** Writes rows into a live source. */
export class LiveSink implements Sink {
  readonly name = 'report';
  #rows = 0;

  constructor(
    readonly schema: RecordSchema,
    readonly source: Pick<LiveSource, 'write'>,
  ) {}

  async write(batch: Batch): Promise<void> {
    this.#rows += selectedCount(batch);
    this.source.write(batch);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  counts(): SinkCounts {
    return { rows: this.#rows };
  }
}
