// Copies 16 bytes at a time: up to 15 bytes more are written than asked for.

/** By distance: where each of 16 bytes that repeat so many lies in the first of them. */
const REPEAT = memory.data(256);
for (let distance = 1; distance < 16; distance++) {
  for (let at = 0; at < 16; at++) store<u8>(REPEAT + (distance << 4) + at, <u8>(at % distance));
}

/** Copies bytes that lie elsewhere: up to 15 more are read, too. */
// @ts-ignore: decorator
@inline
export function copy(from: usize, to: usize, length: usize): void {
  const end = to + length;
  do {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  } while (to < end);
}

/** Copies what lies `distance` bytes before, which may not have been written to its end yet. */
// @ts-ignore: decorator
@inline
export function repeat(to: usize, distance: usize, length: usize): void {
  if (distance >= 16) {
    copy(to - distance, to, length);
    return;
  }
  const bytes = i8x16.swizzle(v128.load(to - distance), v128.load(REPEAT + (distance << 4)));
  // As many as are whole repetitions.
  const step: usize = 16 - (16 % distance);
  const end = to + length;
  do {
    v128.store(to, bytes);
    to += step;
  } while (to < end);
}
