/** Reads the parts of a record one after the other (https://kafka.apache.org/documentation/#record), without the kernel. */
export class RecordCursor {
  constructor(
    readonly buffer: Uint8Array,
    public at: number,
  ) {}

  /** A number of variable length with its sign in the lowest bit. */
  number(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.buffer[this.at++] ?? 0;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Bytes behind their length, borrowed; undefined: null. */
  bytes(): Uint8Array | undefined {
    const length = this.number();
    if (length < 0) return undefined;
    this.at += length;
    return this.buffer.subarray(this.at - length, this.at);
  }
}
