import type { ByteSink } from '../../endpoints/endpoint.js';
import type { StopSignal } from '../stop-signal.js';
import type { AvroTexts } from './avro-texts.js';
import type { PlacedRecords, TailOutput } from './placed-records.js';
import { RecordWriter, type TailForm } from './record-writer.js';

export interface PrintOptions {
  readonly form: TailForm;
  /** What records are printed to. */
  readonly sink: ByteSink;
  /** Reads values of Avro. */
  readonly avro: AvroTexts;
  readonly stop: StopSignal;
}

/** Records as bytes to print. */
export class PrintedRecords implements TailOutput {
  readonly #options: PrintOptions;
  readonly #writer: RecordWriter;

  constructor(options: PrintOptions) {
    this.#options = options;
    this.#writer = new RecordWriter(options.form, options.avro);
  }

  async add(records: PlacedRecords, from: number, to: number): Promise<void> {
    const { avro, sink, stop } = this.#options;
    try {
      await avro.prepare(records.split, from, to);
    } catch (error) {
      // Whoever stops does not wait for a registry that is away.
      if (stop.requested === undefined) throw error;
    }
    this.#writer.add(records, from, to);
    await sink.write(this.#writer.take());
  }

  flush(): Promise<void> {
    return this.#options.sink.flush();
  }

  /** Standard output is not its own. */
  async close(): Promise<void> {}
}
