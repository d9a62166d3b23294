export interface RecordHeader {
  readonly name: string;
  /** Undefined: null. Borrowed from the record. */
  readonly value: Uint8Array | undefined;
}

/** The headers of a record that RecordSplitter has found (https://kafka.apache.org/documentation/#recordheader). */
export function readHeaders(buffer: Uint8Array, start: number): RecordHeader[] {
  let at = start;
  const number = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = buffer[at++] ?? 0;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const bytes = (): Uint8Array | undefined => {
    const length = number();
    if (length < 0) return undefined;
    at += length;
    return buffer.subarray(at - length, at);
  };
  return Array.from({ length: Math.max(0, number()) }, () => {
    const name = Buffer.from(bytes() ?? []).toString();
    return { name, value: bytes() };
  });
}
