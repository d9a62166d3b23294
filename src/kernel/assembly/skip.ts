// JSON values that nobody wants: checked by RFC 8259 as any other.
import { skipNumber } from './number';
import { stringEnd } from './text';

/** Arrays and objects may nest this deep. */
const MAX_DEPTH: i32 = 512;
/** How many arrays and objects are open. */
let depth: i32 = 0;

export function resetDepth(): void {
  depth = 0;
}

/** For values of a record that no reader has entered: its line is matched against a layout. */
// @ts-ignore: decorator
@inline
export function startInRecord(): void {
  depth = 1;
}

/** Enters an array or object; false where that is too deep. */
// @ts-ignore: decorator
@inline
export function enter(): bool {
  return ++depth <= MAX_DEPTH;
}

// @ts-ignore: decorator
@inline
export function leave(): void {
  depth--;
}

// Not the line feed: it ends a line.
// @ts-ignore: decorator
@inline
export function space(p: usize): usize {
  let c = load<u8>(p);
  while (c == 0x20 || c == 0x09 || c == 0x0d) c = load<u8>(++p);
  return p;
}

function moreSpace(p: usize): usize {
  return space(p);
}

/**
 * space() where there is mostly one blank, or none. Which of them, a file has alike nearly everywhere: the branches are
 * foreseen, and nothing waits for the bytes. They are written so that no compiler makes a conditional move of them.
 */
// @ts-ignore: decorator
@inline
export function blank(p: usize): usize {
  const c = load<u8>(p);
  if (c > 0x20) return p;
  return c == 0x20 && load<u8>(p, 1) > 0x20 ? p + 1 : moreSpace(p);
}

/** The end of the name at p and its colon, with the blanks around it: where its value starts; 0 where it is none. */
// @ts-ignore: decorator
@inline
export function skipName(p: usize): usize {
  if (load<u8>(p) != 0x22) return 0;
  p = stringEnd(p + 1);
  return p == 0 ? 0 : skipColon(p + 1);
}

/** Where the value behind the colon at p starts; 0 where there is no colon. */
// @ts-ignore: decorator
@inline
export function skipColon(p: usize): usize {
  if (load<u8>(p) != 0x3a) p = moreSpace(p);
  return load<u8>(p) == 0x3a ? blank(p + 1) : 0;
}

/** Passes over any JSON value; its end, or 0. */
export function skip(p: usize): usize {
  const c = <u32>load<u8>(p);
  if (c == 0x22) {
    const end = stringEnd(p + 1);
    return end == 0 ? 0 : end + 1;
  }
  return (c | 0x20) == 0x7b ? skipNested(p) : skipScalar(p, c);
}

/** A number, or a name in letters. */
// @ts-ignore: decorator
@inline
function skipScalar(p: usize, c: u32): usize {
  return c < 0x40 ? skipNumber(p) : skipWord(p, c);
}

/** Passes over true, false or null, which starts with c; its end, or 0. */
// @ts-ignore: decorator
@inline
export function skipWord(p: usize, c: u32): usize {
  if (c == 0x74) return load<u32>(p) == 0x65757274 ? p + 4 : 0;
  if (c == 0x66) return load<u32>(p, 1) == 0x65736c61 ? p + 5 : 0;
  if (c == 0x6e) return load<u32>(p) == 0x6c6c756e ? p + 4 : 0;
  return 0;
}

/** What closes each array and object that is open. */
const CLOSERS = memory.data(MAX_DEPTH + 1);

/** Passes over an array or object without recursion. */
export function skipNested(p: usize): usize {
  const outermost = CLOSERS;
  const deepest = CLOSERS + <usize>(MAX_DEPTH - depth);
  let open = outermost;
  let close: u32 = 0;
  while (true) {
    // A value starts at p.
    const c = <u32>load<u8>(p);
    if (c == 0x22) {
      p = stringEnd(p + 1);
      if (p == 0) return 0;
      p++;
    } else if ((c | 0x20) == 0x7b) {
      if (open == deepest) return 0;
      store<u8>(open++, close);
      close = c + 2;
      p = blank(p + 1);
      if (load<u8>(p) != close) {
        if (c == 0x7b) {
          p = skipName(p);
          if (p == 0) return 0;
        }
        continue;
      }
      p++;
      close = <u32>load<u8>(--open);
    } else {
      p = skipScalar(p, c);
      if (p == 0) return 0;
    }
    // A value ends at p.
    while (true) {
      if (open == outermost) return p;
      p = blank(p);
      const next = <u32>load<u8>(p);
      if (next == 0x2c) {
        p = blank(p + 1);
        if (close == 0x7d) {
          p = skipName(p);
          if (p == 0) return 0;
        }
        break;
      }
      if (next != close) return 0;
      p++;
      close = <u32>load<u8>(--open);
    }
  }
}
