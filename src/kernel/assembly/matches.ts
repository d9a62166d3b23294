// Finding what was there before, for who compresses: the place where four bytes came last, by their hash.

const HASH_BITS = 12;
/** By the hash of four bytes: where they came last, counted from the block's start. */
const PLACES = memory.data(8192);
/** So many places are looked at in vain before steps become larger: what has no matches is passed quickly. */
export const PATIENCE_BITS: usize = 6;

/** To be called before a block of 64 KB at most. */
export function forgetPlaces(): void {
  memory.fill(PLACES, 0, 2 << HASH_BITS);
}

/** Where it is kept (u16) where four bytes came last. */
// @ts-ignore: decorator
@inline
export function placeOf(four: u32): usize {
  return PLACES + (<usize>((four * 2654435761) >> (32 - HASH_BITS)) << 1);
}

/** Where two strings of bytes differ first, from `at` on: `end` at most. */
// @ts-ignore: decorator
@inline
export function matchEnd(at: usize, before: usize, end: usize): usize {
  while (at + 8 <= end) {
    const different = load<u64>(at) ^ load<u64>(before);
    if (different != 0) return at + <usize>(ctz(different) >> 3);
    at += 8;
    before += 8;
  }
  while (at < end && load<u8>(at) == load<u8>(before)) {
    at++;
    before++;
  }
  return at;
}
