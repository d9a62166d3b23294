// Blocks of LZ4, https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md, with the first match that is found.

import { forgetPlaces, matchEnd, PATIENCE_BITS, placeOf } from './matches';

const LEAST_MATCH: usize = 4;
/** The last bytes are no part of a copy, and none begins in those before. */
const LAST_LITERALS: usize = 5;
const LAST_BEGIN: usize = 12;

/** Writes what a length has beyond 15. */
// @ts-ignore: decorator
@inline
function writeLonger(to: usize, length: usize): usize {
  for (length -= 15; length >= 255; length -= 255) store<u8>(to++, 255);
  store<u8>(to++, <u8>length);
  return to;
}

/** Writes a token, and literals that it begins with; up to 15 bytes more are overwritten. */
// @ts-ignore: decorator
@inline
function writeLiterals(to: usize, from: usize, length: usize, match: usize): usize {
  store<u8>(to++, <u8>((min<usize>(length, 15) << 4) | min<usize>(match, 15)));
  if (length >= 15) to = writeLonger(to, length);
  const end = to + length;
  while (to < end) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  return end;
}

/**
 * Compresses [at, end), of 64 KB at most. Returns where the block ends; what has no matches takes a 255th more, and
 * 16 bytes. Up to 15 bytes are read behind what is compressed, and overwritten behind what is written.
 */
export function packLz4(at: usize, end: usize, to: usize): usize {
  const start = at;
  let literals = at;
  if (end - at > LAST_BEGIN) {
    forgetPlaces();
    const matchesEnd = end - LAST_LITERALS;
    const lastBegin = end - LAST_BEGIN;
    at++;
    let looked: usize = 1 << PATIENCE_BITS;
    while (at <= lastBegin) {
      const four = load<u32>(at);
      const place = placeOf(four);
      let before = start + <usize>load<u16>(place);
      store<u16>(place, <u16>(at - start));
      if (load<u32>(before) != four) {
        at += looked++ >> PATIENCE_BITS;
        continue;
      }
      looked = 1 << PATIENCE_BITS;
      const matched = matchEnd(at + LEAST_MATCH, before + LEAST_MATCH, matchesEnd);
      while (at > literals && before > start && load<u8>(at - 1) == load<u8>(before - 1)) {
        at--;
        before--;
      }
      const length = matched - at - LEAST_MATCH;
      to = writeLiterals(to, literals, at - literals, length);
      store<u16>(to, <u16>(at - before));
      to += 2;
      if (length >= 15) to = writeLonger(to, length);
      at = matched;
      literals = at;
      // What lies in the match is found again, too.
      if (at <= lastBegin) store<u16>(placeOf(load<u32>(at - 2)), <u16>(at - 2 - start));
    }
  }
  return writeLiterals(to, literals, end - literals, 0);
}
