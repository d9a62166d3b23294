import type { Codec, DecodeContext, Decoder } from '../../../src/codecs/codec.js';
import { type Decoded, drain } from '../decode-all.js';

/** Reads one file after the other with the same decoder, as a run over many files does. */
export class Reader {
  readonly #decoder: Decoder;
  #isNew = true;

  constructor(codec: Codec, context: DecodeContext) {
    this.#decoder = codec.decoder(context);
  }

  /** Everything in a file that comes in chunks of these sizes, over and over. */
  read(bytes: string | Uint8Array, sizes: readonly number[] = [1 << 20]): Decoded {
    const file = Buffer.from(bytes as string);
    if (!this.#isNew) this.#decoder.restart?.('test');
    this.#isNew = false;
    const decoded: Decoded = { rows: [], ordinals: [], rejects: [], records: [] };
    let turn = 0;
    for (let at = 0; at < file.length; ) {
      const size = Math.min(file.length - at, sizes[turn++ % sizes.length] ?? 1);
      this.#decoder.space(size).set(file.subarray(at, at + size));
      this.#decoder.filled(size);
      at += size;
      drain(this.#decoder, decoded);
    }
    this.#decoder.end();
    drain(this.#decoder, decoded);
    return decoded;
  }
}
