import type { ByteSink } from '../../endpoints/endpoint.js';
import type { PlacedRecords, TailOutput } from './placed-records.js';
import { RecordWriter, type TailForm } from './record-writer.js';

/** Records as bytes to print. */
export class PrintedRecords implements TailOutput {
  readonly #writer: RecordWriter;

  constructor(
    form: TailForm,
    readonly sink: ByteSink,
  ) {
    this.#writer = new RecordWriter(form);
  }

  add(records: PlacedRecords, from: number, to: number): Promise<void> {
    this.#writer.add(records, from, to);
    return this.sink.write(this.#writer.take());
  }

  flush(): Promise<void> {
    return this.sink.flush();
  }

  /** Standard output is not its own. */
  async close(): Promise<void> {}
}
