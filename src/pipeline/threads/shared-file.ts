import type { DecodeContext } from '../../codecs/codec.js';
import { NdjsonDecoder } from '../../codecs/ndjson/decoder.js';
import { LineReject } from '../../codecs/ndjson/line-reject.js';
import type { BatchSource } from '../../endpoints/endpoint.js';
import { openFileRange } from '../../endpoints/file-source.js';
import type { Batch } from '../../records/batch.js';
import { FreshetError } from '../../records/errors.js';
import { DecodedSource, PLENTY } from '../decoded-source.js';
import type { SharedReject, ShareEnd, ShareMessage } from './file-share.js';
import type { HelperThread } from './helper-thread.js';

/**
 * A file of JSON lines that several threads read: this one its front, helpers a share each of what comes behind. Of a
 * share come the records that are the newest in it, after all lines in front of it; what a helper has left is read
 * here. So rows, counts and dead letters are those of one thread that reads all.
 */
export class SharedFile implements BatchSource {
  readonly name: string;
  readonly finite = true;
  readonly #context: DecodeContext;
  readonly #decoder: NdjsonDecoder;
  /** Of what helpers have found. */
  readonly #found: NdjsonDecoder;
  readonly #helpers: readonly HelperThread[];
  /** Those whose share's turn has not ended: the first one's is next. */
  readonly #waiting: HelperThread[];
  readonly #opened: BatchSource[] = [];
  /** What is read here now. */
  #own: BatchSource | undefined;
  /** Lines in front of the next share. */
  #lines = 0;
  /** The end of the next share, once it is known. */
  #end: ShareEnd | undefined;
  #stopped = false;

  /** @param helpers in the order of their shares; the first one's begins where the front ends */
  constructor(context: DecodeContext, helpers: readonly HelperThread[]) {
    this.name = context.source;
    this.#context = context;
    this.#helpers = helpers;
    this.#waiting = [...helpers];
    this.#decoder = new NdjsonDecoder(context);
    this.#found = new NdjsonDecoder(context, true);
    this.#readHere(0, helpers[0]?.share.from ?? Number.POSITIVE_INFINITY);
  }

  ready(): Promise<void> | undefined {
    return this.#own === undefined && this.#end === undefined ? this.#waiting[0]?.ready() : undefined;
  }

  take(): Batch | 'wait' | 'end' {
    for (;;) {
      const own = this.#own?.take() ?? 'end';
      if (own === 'wait') return own;
      if (own !== 'end') return this.#counted(own, own.length);
      if (this.#own !== undefined) {
        this.#own = undefined;
        this.#lines = this.#decoder.linesBefore;
      }
      const found = this.#found.next(this.#end === undefined ? PLENTY : 1);
      if (found !== undefined) return this.#counted(found, 0);
      const [helper] = this.#waiting;
      if (helper === undefined) return 'end';
      if (this.#end !== undefined) {
        this.#endShare(helper, this.#end);
        continue;
      }
      const message = helper.take();
      if (message === undefined) return 'wait';
      const heard = this.#hear(message);
      if (heard !== undefined) return heard;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#own?.stop();
    for (const helper of this.#helpers) helper.stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#opened, ...this.#helpers].map((one) => one.close()));
    this.#decoder.close();
    this.#found.close();
  }

  #readHere(from: number, to: number): void {
    this.#own = new DecodedSource(openFileRange(this.name, from, to), this.#decoder);
    this.#opened.push(this.#own);
  }

  #hear(message: ShareMessage): Batch | undefined {
    switch (message.kind) {
      case 'rows':
        this.#found.space(message.lines.length).set(message.lines);
        this.#found.filled(message.lines.length);
        return undefined;
      case 'rejects':
        return { ...this.#counted(this.#nothing(), 0), rejects: message.rejects.map((reject) => this.#reject(reject)) };
      case 'end':
        this.#end = message;
        // All that it has read is counted now, also where it has found nothing.
        return this.#counted(this.#nothing(), 0);
      case 'failed':
        throw new FreshetError(message.message, message.status, message.next);
    }
  }

  /** Goes on behind what a helper has read. */
  #endShare({ share }: HelperThread, { at, lines }: ShareEnd): void {
    this.#end = undefined;
    this.#waiting.shift();
    this.#lines += lines;
    if (at >= share.to || this.#stopped) return;
    this.#decoder.restart(this.name, this.#lines);
    this.#readHere(at, share.to);
  }

  #reject({ line, raw }: SharedReject): LineReject {
    return new LineReject(this.#context.schema, this.name, this.#lines + line, raw);
  }

  #nothing(): Batch {
    return { schema: this.#context.schema, length: 0, columns: new Map() };
  }

  /** A batch that counts for records that were read here, and those that helpers have read meanwhile. */
  #counted(batch: Batch, here: number): Batch {
    return { ...batch, counts: this.#helpers.reduce((sum, helper) => sum + helper.newRecords(), here) };
  }
}
