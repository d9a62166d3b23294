/** Slices of one buffer, such as a column of bytes has. */
export interface ByteSlices {
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Byte strings one behind the other. */
export function byteSlices(parts: readonly Uint8Array[]): ByteSlices {
  const ends = new Int32Array(parts.length);
  let end = 0;
  for (const [at, part] of parts.entries()) {
    end += part.length;
    ends[at] = end;
  }
  const starts = ends.map((one, at) => one - (parts[at]?.length ?? 0));
  return { buffer: new Uint8Array(Buffer.concat(parts)), starts, ends };
}
