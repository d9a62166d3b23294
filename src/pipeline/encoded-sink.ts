import type { Encoder } from '../codecs/codec.js';
import type { ByteSink, Sink, SinkCounts } from '../endpoints/endpoint.js';
import { encodeProduced, isProduced } from '../endpoints/produce/encode-produced.js';
import { type Batch, selectedCount } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';

/** Batches to bytes to a file or pipe. */
export class EncodedSink implements Sink {
  readonly name: string;
  #rows = 0;

  constructor(
    readonly schema: RecordSchema,
    readonly encoder: Encoder,
    readonly bytes: ByteSink,
  ) {
    this.name = bytes.name;
  }

  async write(batch: Batch): Promise<void> {
    this.#rows += selectedCount(batch);
    const bytes = isProduced(batch) ? encodeProduced(batch, batch.broken, this.encoder) : this.encoder.encode(batch);
    await this.bytes.write(bytes);
  }

  flush(): Promise<void> {
    return this.bytes.flush();
  }

  async close(): Promise<void> {
    await this.bytes.write(this.encoder.finish());
    await this.bytes.flush();
    await this.bytes.close();
  }

  counts(): SinkCounts {
    return { rows: this.#rows };
  }
}
