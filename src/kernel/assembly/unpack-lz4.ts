// Blocks of LZ4 (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md): bytes as they are, and copies of what came
// before. Up to 15 bytes past the end are read of a block, and written behind what it holds.

import { copy, repeat } from './copies';

/** Where a length that goes on behind a token ends; 0 where it does not end before `end`. */
let behindLength: usize = 0;

// @ts-ignore: decorator
@inline
function longer(length: usize, at: usize, end: usize): usize {
  while (at < end) {
    const more = <usize>load<u8>(at++);
    length += more;
    if (more < 255) {
      behindLength = at;
      return length;
    }
  }
  behindLength = 0;
  return 0;
}

/**
 * Decompresses an LZ4 block: [at, end) to [to, limit); its copies may reach back to `start`. Returns where what was
 * written ends, 0 where the block is damaged or holds more.
 */
export function unpackLz4(at: usize, end: usize, to: usize, limit: usize, start: usize): usize {
  while (at < end) {
    const token = <usize>load<u8>(at++);
    let length = token >> 4;
    if (length == 15) {
      length = longer(length, at, end);
      at = behindLength;
      if (at == 0) return 0;
    }
    if (length > end - at || length > limit - to) return 0;
    copy(at, to, length);
    at += length;
    to += length;
    // The last sequence has no copy.
    if (at == end) return to;
    if (end - at < 2) return 0;
    const distance = <usize>load<u16>(at);
    at += 2;
    length = token & 15;
    if (length == 15) {
      length = longer(length, at, end);
      at = behindLength;
      if (at == 0) return 0;
    }
    length += 4;
    if (distance - 1 >= to - start || length > limit - to) return 0;
    repeat(to, distance, length);
    to += length;
  }
  return 0;
}
