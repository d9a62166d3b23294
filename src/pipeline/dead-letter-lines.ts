import type { ByteSink } from '../endpoints/endpoint.js';
import type { Row } from '../records/value.js';
import type { DeadLetterSink } from './dead-letter-record.js';

/** Dead letters as JSON lines in a file or pipe. */
export class DeadLetterLines implements DeadLetterSink {
  constructor(readonly bytes: ByteSink) {}

  write(letters: readonly Row[]): Promise<void> {
    return this.bytes.write(Buffer.from(letters.map((letter) => `${JSON.stringify(letter)}\n`).join('')));
  }

  flush(): Promise<void> {
    return this.bytes.flush();
  }

  close(): Promise<void> {
    return this.bytes.close();
  }
}
