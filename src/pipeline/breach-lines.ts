import type { Sink, SinkCounts } from '../endpoints/endpoint.js';
import { openByteSink } from '../endpoints/file-sink.js';
import type { Batch } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import { breachesOf } from './alert-sink.js';
import { EncodedSink } from './encoded-sink.js';
import { loadCodec } from './formats.js';

/** The breaches among a monitor's rows, as JSON lines on standard output. */
export class BreachLines implements Sink {
  readonly name: string;
  readonly schema: RecordSchema;
  readonly #lines: Sink;

  private constructor(lines: Sink) {
    this.name = lines.name;
    this.schema = lines.schema;
    this.#lines = lines;
  }

  static async open(schema: RecordSchema): Promise<BreachLines> {
    const encoder = (await loadCodec('ndjson')).encoder({ schema });
    return new BreachLines(new EncodedSink(schema, encoder, openByteSink('-', false)));
  }

  write(batch: Batch): Promise<void> {
    return this.#lines.write({ ...batch, selection: breachesOf(batch) });
  }

  flush(): Promise<void> {
    return this.#lines.flush();
  }

  close(): Promise<void> {
    return this.#lines.close();
  }

  counts(): SinkCounts {
    return this.#lines.counts();
  }
}
