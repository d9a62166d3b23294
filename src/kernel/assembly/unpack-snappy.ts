// Blocks of Snappy (https://github.com/google/snappy/blob/main/format_description.txt): bytes as they are, and copies of
// what came before. Up to 15 bytes past the end are read of a block, and written behind what it holds.

import { copy, repeat } from './copies';

/**
 * Decompresses the elements of a Snappy block, what follows its length: [at, end) to [to, limit), which they fill.
 * Returns whether they are sound.
 */
export function unpackSnappy(at: usize, end: usize, to: usize, limit: usize): bool {
  const start = to;
  while (at < end) {
    const tag = <usize>load<u8>(at++);
    const kind = tag & 3;
    if (kind == 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        if (bytes > end - at) return false;
        length = (<usize>load<u32>(at) & (0xffffffff >>> ((4 - <u32>bytes) << 3))) + 1;
        at += bytes;
      }
      if (length == 0 || length > end - at || length > limit - to) return false;
      copy(at, to, length);
      at += length;
      to += length;
      continue;
    }
    let length = (tag >> 2) + 1;
    let distance: usize;
    if (kind == 1) {
      length = ((tag >> 2) & 7) + 4;
      distance = ((tag >> 5) << 8) | <usize>load<u8>(at);
      at += 1;
    } else if (kind == 2) {
      distance = <usize>load<u16>(at);
      at += 2;
    } else {
      distance = <usize>load<u32>(at);
      at += 4;
    }
    if (at > end || distance - 1 >= to - start || length > limit - to) return false;
    repeat(to, distance, length);
    to += length;
  }
  return to == limit;
}
