// Decimal digits, eight at a time (Lemire, "Quickly parsing eight digits").

/** Eight bytes less 0x30 each: a digit's value where they are digits. Reads up to 7 bytes past a text's end. */
// @ts-ignore: decorator
@inline
export function loadDigits(p: usize): u64 {
  return load<u64>(p) ^ 0x3030303030303030;
}

/** How many of the 8 bytes of loadDigits() are digits, up to the first that is none. */
// @ts-ignore: decorator
@inline
export function countDigits(x: u64): u64 {
  return ctz((x | (x + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) >> 3;
}

/** The number of the first `count` digits of x, 1 to 8 of them. */
// @ts-ignore: decorator
@inline
export function digitsValue(x: u64, count: u64): u64 {
  x <<= (8 - count) << 3;
  x = x * 10 + (x >> 8);
  return ((x & 0x000000ff000000ff) * 0x000f424000000064 + ((x >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
}

/** The first byte from p on that is no digit. */
// @ts-ignore: decorator
@inline
export function digitsEnd(p: usize): usize {
  let count = countDigits(loadDigits(p));
  while (count == 8) {
    p += 8;
    count = countDigits(loadDigits(p));
  }
  return p + <usize>count;
}
