// Comparing and hashing short byte strings without a branch on their length. Reads up to 15 bytes past the end and 8
// before the start: every buffer of the kernel is followed by padding, and none is the first thing in memory.

/** How many bits of 8 bytes a string of fewer does not fill. */
// @ts-ignore: decorator
@inline
function spareBits(length: u32): u64 {
  const spare = 8 - <i32>length;
  return <u64>(spare & ~(spare >> 31)) << 3;
}

/** The first 8 bytes of a string of one byte or more; all of a shorter one, at the front of the 8. */
// @ts-ignore: decorator
@inline
export function headOf(p: usize, length: u32): u64 {
  return load<u64>(p) << spareBits(length);
}

/** The last 8 bytes of a string of one byte or more; all of a shorter one, at the back of the 8. */
// @ts-ignore: decorator
@inline
export function tailOf(p: usize, length: u32): u64 {
  return load<u64>(p + length - 8) >> spareBits(length);
}

// @ts-ignore: decorator
@inline
export function equal(a: usize, b: usize, length: u32): bool {
  if (length - 1 < 16) return ((headOf(a, length) ^ headOf(b, length)) | (tailOf(a, length) ^ tailOf(b, length))) == 0;
  return equalLong(a, b, length);
}

function equalLong(a: usize, b: usize, length: u32): bool {
  if (length == 0) return true;
  const last = length - 8;
  for (let at: u32 = 0; at < last; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
  return load<u64>(a + last) == load<u64>(b + last);
}

// @ts-ignore: decorator
@inline
export function hash(p: usize, length: u32): u32 {
  return length - 1 < 16 ? mixed(headOf(p, length), tailOf(p, length)) : hashLong(p, length);
}

// @ts-ignore: decorator
@inline
function mixed(head: u64, tail: u64): u32 {
  const h = (head * 0x9e3779b97f4a7c15) ^ rotl<u64>(tail * 0xff51afd7ed558ccd, 32);
  return <u32>(((h ^ (h >> 32)) * 0xc4ceb9fe1a85ec53) >> 32);
}

function hashLong(p: usize, length: u32): u32 {
  if (length == 0) return 0;
  let h: u64 = <u64>length;
  const last = length - 8;
  for (let at: u32 = 0; at < last; at += 8) {
    h = (h ^ load<u64>(p + at)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  return mixed(h, load<u64>(p + last));
}
