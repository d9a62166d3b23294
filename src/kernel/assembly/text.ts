// JSON strings: where they end, whether they are valid, and their bytes without escapes.

/** Room for one string without its escapes. */
export let unescapedText: usize = 0;

export function setTextRoom(room: usize): void {
  unescapedText = room;
}

/** Whether the last string read has escapes. */
export let hasEscapes: bool = false;

/** The value of a hexadecimal digit, -1 of any other byte. */
const HEX = memory.data(256);
memory.fill(HEX, 0xff, 256);
for (let digit = 0; digit < 10; digit++) store<u8>(HEX + 0x30 + digit, digit);
for (let digit = 10; digit < 16; digit++) {
  store<u8>(HEX + 0x41 - 10 + digit, digit);
  store<u8>(HEX + 0x61 - 10 + digit, digit);
}

/** What a backslash and one byte stand for, 0 where that is no escape (or has hexadecimal digits too). */
const ESCAPED = memory.data(256);
store<u8>(ESCAPED + 0x22, 0x22);
store<u8>(ESCAPED + 0x5c, 0x5c);
store<u8>(ESCAPED + 0x2f, 0x2f);
store<u8>(ESCAPED + 0x62, 8);
store<u8>(ESCAPED + 0x66, 12);
store<u8>(ESCAPED + 0x6e, 10);
store<u8>(ESCAPED + 0x72, 13);
store<u8>(ESCAPED + 0x74, 9);

// @ts-ignore: decorator
@inline
function hexDigit(p: usize): i32 {
  return <i32>load<i8>(HEX + <usize>load<u8>(p));
}

/** The value of four hexadecimal digits at p, more than 0xffff where they are none: -1 sets the highest bit. */
// @ts-ignore: decorator
@inline
function hexFour(p: usize): u32 {
  return <u32>((hexDigit(p) << 12) | (hexDigit(p + 1) << 8) | (hexDigit(p + 2) << 4) | hexDigit(p + 3));
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

/** Where the character at p, which is not ASCII, ends; 0 if it is none. */
// @ts-ignore: decorator
@inline
function sequenceEnd(p: usize): usize {
  const length = sequenceLength(p);
  return length == 0 ? 0 : p + <usize>length;
}

/** Where the escape at p (a backslash) ends; 0 if it is none, or half of a surrogate pair. */
// @ts-ignore: decorator
@inline
function escapeEnd(p: usize): usize {
  const kind = load<u8>(p, 1);
  if (load<u8>(ESCAPED + <usize>kind) != 0) return p + 2;
  return kind == 0x75 ? unicodeEnd(p) : 0;
}

function unicodeEnd(p: usize): usize {
  const unit = hexFour(p + 2);
  if (unit > 0xffff || (unit >= 0xdc00 && unit <= 0xdfff)) return 0;
  if (unit < 0xd800 || unit > 0xdbff) return p + 6;
  if (load<u16>(p, 6) != 0x755c) return 0;
  const low = hexFour(p + 8);
  return low >= 0xdc00 && low <= 0xdfff ? p + 12 : 0;
}

/** A bit for each of 16 bytes that ends a string or must be looked at: quotes, backslashes, and what is not plain. */
// @ts-ignore: decorator
@inline
function specialBytes(p: usize): i32 {
  const block = v128.load(p);
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
      // Control characters; as signed bytes, 0x80 and more are below 0x20 too.
      i8x16.lt_s(block, i8x16.splat(0x20)),
    ),
  );
}

/** The closing quote of the string whose content starts at p, or 0 if it is not a valid string. */
// @ts-ignore: decorator
@inline
export function stringEnd(p: usize): usize {
  const special = specialBytes(p);
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
    const first = p;
    p += 16;
    let special = <u32>specialBytes(first);
    while (special != 0) {
      const at = first + <usize>ctz(special);
      const c = <u32>load<u8>(at);
      if (c == 0x22) return at;
      let next: usize = 0;
      if (c == 0x5c) {
        hasEscapes = true;
        next = escapeEnd(at);
      } else if (c >= 0x80) {
        next = sequenceEnd(at);
      }
      if (next == 0) return 0;
      if (next < p) {
        special &= <u32>-1 << <u32>(next - first);
      } else {
        special = 0;
        p = next;
      }
    }
  }
}

/** Writes the content of a valid string, [p, end), without its escapes to `unescapedText`; gives its end there. */
export function unescaped(p: usize, end: usize): usize {
  let target = unescapedText;
  while (true) {
    // Up to 16 bytes, of which those in front of a backslash count.
    const block = v128.load(p);
    v128.store(target, block);
    const backslashes = i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x5c)));
    const plain: usize = backslashes == 0 ? 16 : <usize>ctz(backslashes);
    if (plain >= end - p) return target + (end - p);
    p += plain;
    target += plain;
    if (backslashes == 0) continue;
    const kind = load<u8>(p, 1);
    p += 2;
    if (kind != 0x75) {
      store<u8>(target++, load<u8>(ESCAPED + <usize>kind));
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
