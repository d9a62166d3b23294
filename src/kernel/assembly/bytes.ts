// Comparing and hashing short byte strings eight bytes at a time. Reads up to 7 bytes past the end: every buffer
// of the kernel is followed by padding.

// @ts-ignore: decorator
@inline
export function equal(a: usize, b: usize, length: u32): bool {
  let at: u32 = 0;
  while (at + 8 <= length) {
    if (load<u64>(a + at) != load<u64>(b + at)) return false;
    at += 8;
  }
  if (at == length) return true;
  return ((load<u64>(a + at) ^ load<u64>(b + at)) << ((8 - (length - at)) << 3)) == 0;
}

// @ts-ignore: decorator
@inline
export function hash(p: usize, length: u32): u32 {
  let h: u64 = 0x9e3779b97f4a7c15 ^ (<u64>length);
  let at: u32 = 0;
  while (at + 8 <= length) {
    h = (h ^ load<u64>(p + at)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
    at += 8;
  }
  if (at < length) {
    const spare = (8 - (length - at)) << 3;
    h = (h ^ ((load<u64>(p + at) << spare) >> spare)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  return <u32>h;
}
