// Avro's whole numbers (Avro 1.12, "Binary Encoding"): seven bits a byte, the lowest first, and the sign in bit 0.

/** Where the varint ends that was read last; 0 where there is none. */
export let next: usize = 0;

/** A varint of several bytes, at most ten. */
export function longVarint(p: usize): u64 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    const byte = <u64>load<u8>(p++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      // The tenth byte has one bit of 64 left.
      next = shift == 63 && byte > 1 ? 0 : p;
      return value;
    }
  }
  next = 0;
  return 0;
}

/**
 * The length at p, which what it counts follows: from `next` on, and not beyond `end`. Sets a `next` of 0 otherwise.
 * Most lengths take one byte; others are left to a function of their own, so that the loop keeps to registers.
 */
export function longLength(p: usize, end: usize): u32 {
  const length = <u64>zigzag(longVarint(p));
  if (next > end || length > <u64>(end - next)) next = 0;
  return <u32>length;
}

// @ts-ignore: decorator
@inline
export function zigzag(value: u64): i64 {
  return <i64>(value >> 1) ^ -(<i64>(value & 1));
}
