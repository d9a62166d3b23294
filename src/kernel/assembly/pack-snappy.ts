// Blocks of Snappy (https://github.com/google/snappy/blob/main/format_description.txt), with the first match that is found.

import { copy } from './copies';
import { forgetPlaces, matchEnd, PATIENCE_BITS, placeOf } from './matches';

const LEAST_MATCH: usize = 4;
const MOST_MATCH: usize = 64;
/** Of a copy from near by in two bytes: its length is less, and its distance. */
const SHORT_MATCH: usize = 12;
const NEAR: usize = 2048;

/** Up to 15 bytes more are overwritten. */
// @ts-ignore: decorator
@inline
function writeLiterals(to: usize, from: usize, length: usize): usize {
  if (length == 0) return to;
  const less = length - 1;
  if (less < 60) store<u8>(to++, <u8>(less << 2));
  else if (less < 256) {
    store<u8>(to, 60 << 2);
    store<u8>(to, <u8>less, 1);
    to += 2;
  } else {
    store<u8>(to, 61 << 2);
    store<u16>(to, <u16>less, 1);
    to += 3;
  }
  copy(from, to, length);
  return to + length;
}

// @ts-ignore: decorator
@inline
function writeFar(to: usize, distance: usize, length: usize): usize {
  store<u8>(to, <u8>(((length - 1) << 2) | 2));
  store<u16>(to, <u16>distance, 1);
  return to + 3;
}

// @ts-ignore: decorator
@inline
function writeCopy(to: usize, distance: usize, length: usize): usize {
  // What is left is no shorter than a match.
  for (; length >= MOST_MATCH + LEAST_MATCH; length -= MOST_MATCH) to = writeFar(to, distance, MOST_MATCH);
  if (length > MOST_MATCH) {
    to = writeFar(to, distance, MOST_MATCH - LEAST_MATCH);
    length -= MOST_MATCH - LEAST_MATCH;
  }
  if (length >= SHORT_MATCH || distance >= NEAR) return writeFar(to, distance, length);
  store<u8>(to, <u8>(1 | ((length - LEAST_MATCH) << 2) | ((distance >> 8) << 5)));
  store<u8>(to, <u8>distance, 1);
  return to + 2;
}

/**
 * Compresses [at, end), of 64 KB at most, to elements, without the length that a block begins with. Returns where they
 * end; what has no matches takes 3 bytes more. Up to 15 bytes are read behind what is compressed, and overwritten behind
 * what is written.
 */
export function packSnappy(at: usize, end: usize, to: usize): usize {
  const start = at;
  let literals = at;
  if (end - at >= 2 * LEAST_MATCH) {
    forgetPlaces();
    const lastBegin = end - LEAST_MATCH;
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
      const matched = matchEnd(at + LEAST_MATCH, before + LEAST_MATCH, end);
      while (at > literals && before > start && load<u8>(at - 1) == load<u8>(before - 1)) {
        at--;
        before--;
      }
      to = writeLiterals(to, literals, at - literals);
      to = writeCopy(to, at - before, matched - at);
      at = matched;
      literals = at;
      // What lies in the match is found again, too.
      if (at <= lastBegin) store<u16>(placeOf(load<u32>(at - 2)), <u16>(at - 2 - start));
    }
  }
  return writeLiterals(to, literals, end - literals);
}
