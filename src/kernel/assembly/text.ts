// JSON strings: where they end, whether they are valid, and their bytes without escapes.

/** Room for one string without its escapes. */
export let unescapedText: usize = 0;

export function setTextRoom(room: usize): void {
  unescapedText = room;
}

/** Whether the last string read has escapes. */
export let hasEscapes: bool = false;

/** The value of four hexadecimal digits at p, or 0x10000. */
function hexFour(p: usize): u32 {
  let value: u32 = 0;
  for (let at: usize = 0; at < 4; at++) {
    const c = <u32>load<u8>(p + at);
    let digit = c - 48;
    if (digit > 9) {
      digit = (c | 0x20) - 0x61;
      if (digit > 5) return 0x10000;
      digit += 10;
    }
    value = (value << 4) | digit;
  }
  return value;
}

/** The length of the UTF-8 sequence at p (Unicode 16, table 3-7), 0 if there is none. p holds a byte of 0x80 or more. */
export function sequenceLength(p: usize): u32 {
  const a = <u32>load<u8>(p);
  const b = <u32>load<u8>(p, 1);
  if (a < 0xc2 || a > 0xf4 || (b & 0xc0) != 0x80) return 0;
  if (a < 0xe0) return 2;
  if ((load<u8>(p, 2) & 0xc0) != 0x80) return 0;
  if (a < 0xf0) return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ? 0 : 3;
  if ((load<u8>(p, 3) & 0xc0) != 0x80) return 0;
  return (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f) ? 0 : 4;
}

/** Where the escape at p (a backslash) ends; 0 if it is none, or half of a surrogate pair. */
function escapeEnd(p: usize): usize {
  switch (<u32>load<u8>(p, 1)) {
    case 0x22: case 0x5c: case 0x2f: case 0x62: case 0x66: case 0x6e: case 0x72: case 0x74:
      return p + 2;
    case 0x75: {
      const unit = hexFour(p + 2);
      if (unit > 0xffff || (unit >= 0xdc00 && unit <= 0xdfff)) return 0;
      if (unit < 0xd800 || unit > 0xdbff) return p + 6;
      if (load<u16>(p, 6) != 0x755c) return 0;
      const low = hexFour(p + 8);
      return low >= 0xdc00 && low <= 0xdfff ? p + 12 : 0;
    }
    default:
      return 0;
  }
}

/** The closing quote of the string whose content starts at p, or 0 if it is not a valid string. */
// @ts-ignore: decorator
@inline
export function stringEnd(p: usize): usize {
  const block = v128.load(p);
  const special = i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
      // As signed bytes, 0x80 and more are below 0x20 too: they are looked at one by one.
      i8x16.lt_s(block, i8x16.splat(0x20)),
    ),
  );
  if (special != 0) {
    const at = p + ctz(special);
    if (load<u8>(at) == 0x22) {
      hasEscapes = false;
      return at;
    }
    return longStringEnd(at);
  }
  return longStringEnd(p + 16);
}

function longStringEnd(p: usize): usize {
  hasEscapes = false;
  while (true) {
    const block = v128.load(p);
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
        i8x16.lt_s(block, i8x16.splat(0x20)),
      ),
    );
    if (special == 0) {
      p += 16;
      continue;
    }
    p += ctz(special);
    const c = <u32>load<u8>(p);
    if (c == 0x22) return p;
    if (c == 0x5c) {
      hasEscapes = true;
      p = escapeEnd(p);
      if (p == 0) return 0;
    } else if (c >= 0x80) {
      do {
        const length = sequenceLength(p);
        if (length == 0) return 0;
        p += length;
      } while (load<u8>(p) >= 0x80);
    } else {
      return 0;
    }
  }
}

/** Writes the content of a valid string, [p, end), without its escapes to `unescapedText`; gives its end there. */
export function unescaped(p: usize, end: usize): usize {
  let target = unescapedText;
  while (p < end) {
    const c = <u32>load<u8>(p);
    if (c != 0x5c) {
      store<u8>(target++, c);
      p++;
      continue;
    }
    const kind = <u32>load<u8>(p, 1);
    p += 2;
    if (kind != 0x75) {
      let plain = kind;
      if (kind == 0x62) plain = 8;
      else if (kind == 0x66) plain = 12;
      else if (kind == 0x6e) plain = 10;
      else if (kind == 0x72) plain = 13;
      else if (kind == 0x74) plain = 9;
      store<u8>(target++, plain);
      continue;
    }
    let code = hexFour(p);
    p += 4;
    if (code >= 0xd800 && code <= 0xdbff) {
      code = 0x10000 + ((code - 0xd800) << 10) + (hexFour(p + 2) - 0xdc00);
      p += 6;
    }
    if (code < 0x80) {
      store<u8>(target++, code);
    } else if (code < 0x800) {
      store<u8>(target++, 0xc0 | (code >> 6));
      store<u8>(target++, 0x80 | (code & 63));
    } else if (code < 0x10000) {
      store<u8>(target++, 0xe0 | (code >> 12));
      store<u8>(target++, 0x80 | ((code >> 6) & 63));
      store<u8>(target++, 0x80 | (code & 63));
    } else {
      store<u8>(target++, 0xf0 | (code >> 18));
      store<u8>(target++, 0x80 | ((code >> 12) & 63));
      store<u8>(target++, 0x80 | ((code >> 6) & 63));
      store<u8>(target++, 0x80 | (code & 63));
    }
  }
  return target;
}

/** How many characters the valid UTF-8 [p, end) has, if all are at most U+00FF; -1 otherwise. */
export function latinLength(p: usize, end: usize): i32 {
  let count = 0;
  while (p < end) {
    const c = <u32>load<u8>(p);
    if (c > 0xc3) return -1;
    p += c < 0x80 ? 1 : 2;
    count++;
  }
  return count;
}
