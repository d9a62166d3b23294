import type { Decoder, Format } from '../codecs/codec.js';
import type { BatchSource } from '../endpoints/endpoint.js';
import type { PeekedSource } from '../endpoints/peeked-source.js';
import { ReadingStopped } from '../endpoints/tcp/socket-source.js';
import type { Batch, Reject } from '../records/batch.js';
import { ConnectionCut, FreshetError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { DecodedSource } from './decoded-source.js';
import { LastLine } from './last-line.js';

/** Of what can't be read at all, so much is kept. */
const MOST_RAW = 4096;

export interface ConnectionOptions {
  readonly bytes: PeekedSource;
  readonly format: Format;
  readonly decoder: Decoder;
  readonly schema: RecordSchema;
  /** Whether others go on when this one fails: then what is wrong with it is a dead letter. */
  readonly isOneOfMany: boolean;
}

/**
 * What comes over one connection, as batches. A record that is cut, for the connection broke or reading was stopped in
 * its middle, is no record: half a line of numbers would look like one.
 */
export class ConnectionSource implements BatchSource {
  readonly name: string;
  readonly finite = false;
  readonly #options: ConnectionOptions;
  readonly #decoded: DecodedSource;
  /** Of formats whose records don't say where they end. */
  readonly #lines: LastLine | undefined;
  #failure: ConnectionCut | undefined;
  #isOver = false;

  constructor(options: ConnectionOptions) {
    const { bytes, format, decoder } = options;
    this.#options = options;
    this.name = bytes.name;
    this.#lines = format === 'csv' || format === 'tsv' ? new LastLine(bytes) : undefined;
    this.#decoded = new DecodedSource(this.#lines ?? bytes, decoder);
  }

  ready(): Promise<void> | undefined {
    return this.#isOver ? undefined : this.#decoded.ready();
  }

  take(): Batch | 'wait' | 'end' {
    if (this.#isOver) return this.#rest();
    try {
      return this.#decoded.take();
    } catch (error) {
      this.#isOver = true;
      if (error instanceof ReadingStopped) return 'end';
      if (error instanceof ConnectionCut) return this.#cut(error);
      if (!(error instanceof FreshetError) || !this.#options.isOneOfMany) throw error;
      return this.#rejecting(error.message, this.#options.bytes.head.slice(0, MOST_RAW));
    }
  }

  stop(): void {
    this.#decoded.stop();
  }

  close(): Promise<void> {
    return this.#decoded.close();
  }

  #cut(error: ConnectionCut): Batch | 'end' {
    this.#failure = error;
    const { unfinished, position } = this.#lines ?? {};
    if (unfinished === undefined) this.#options.decoder.end();
    else if (unfinished.length > 0) {
      return this.#rejecting('the connection broke in the middle of this line', unfinished, position);
    }
    return this.#rest();
  }

  /** What the decoder makes of a record that is cut, and then the end. @throws ConnectionCut of the only connection */
  #rest(): Batch | 'end' {
    if (this.#failure === undefined) return 'end';
    const batch = this.#lines === undefined ? this.#options.decoder.next(1) : undefined;
    if (batch !== undefined) return batch;
    if (this.#options.isOneOfMany) return 'end';
    throw this.#failure;
  }

  #rejecting(reason: string, raw: Uint8Array, ordinal = 0): Batch {
    const { schema, bytes } = this.#options;
    const reject: Reject = { reason, source: bytes.name, unit: 'position', ordinal, raw };
    return { schema, length: 0, columns: new Map(), rejects: [reject] };
  }
}
