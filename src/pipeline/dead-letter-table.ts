import type { Sink } from '../endpoints/endpoint.js';
import { ServiceError } from '../records/errors.js';
import { batchFromRows } from '../records/row-batch.js';
import type { Row } from '../records/value.js';
import type { DeadLetterSink } from './dead-letter-record.js';

/** Dead letters as rows of a store's table. */
export class DeadLetterTable implements DeadLetterSink {
  constructor(readonly sink: Sink) {}

  async write(letters: readonly Row[]): Promise<void> {
    await this.sink.write(batchFromRows(this.sink.schema, letters));
    const [refused] = this.sink.takeRejected?.() ?? [];
    if (refused === undefined) return;
    throw new ServiceError(
      `${this.sink.name} can't keep a dead letter: ${refused.reason}`,
      'Have the table made anew, by another name behind the #, or keep dead letters in a file.',
    );
  }

  flush(): Promise<void> {
    return this.sink.flush();
  }

  close(): Promise<void> {
    return this.sink.close();
  }
}
