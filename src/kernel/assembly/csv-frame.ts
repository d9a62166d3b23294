// How records and cells of CSV and TSV end.

export const LINE_FEED: u32 = 0x0a;
export const CRLF: u32 = 0x0a0d;
export const QUOTE: u32 = 0x22;
export const BACKSLASH: u32 = 0x5c;
/** A quoted cell may go on this far behind its first line: further, its quote counts as never closed. */
export const QUOTED_LIMIT: usize = 16 * 1024 * 1024;

/** Where the line at p ends (its line feed). There is one: the caller sees to that. */
export function lineEnd(p: usize): usize {
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)));
    if (found != 0) return p + ctz(found);
    p += 16;
  }
}

/** Whether a quoted cell that closes at `close` went on for too long in the record that starts at `start`. */
// @ts-ignore: decorator
@inline
export function isTooLong(start: usize, close: usize): bool {
  return close - start > QUOTED_LIMIT && close > lineEnd(start) + QUOTED_LIMIT;
}

/** Whether a cell ends at p. */
// @ts-ignore: decorator
@inline
export function isEnd(p: usize, separator: u32): bool {
  const c = <u32>load<u8>(p);
  return c == separator || c == LINE_FEED || <u32>load<u16>(p) == CRLF;
}

// @ts-ignore: decorator
@inline
export function isBlank(p: usize): bool {
  return load<u8>(p) == LINE_FEED || <u32>load<u16>(p) == CRLF;
}

export function blanksEnd(p: usize): usize {
  while (load<u8>(p) == 0x20 || load<u8>(p) == 0x09) p++;
  return p;
}

/** The closing quote of the cell whose content goes on at p, or 0 where there is none before `end`. */
export function closingQuote(p: usize, end: usize): usize {
  while (p < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x22)));
    if (found == 0) {
      p += 16;
      continue;
    }
    p += ctz(found);
    if (p >= end) return 0;
    if (load<u8>(p, 1) != QUOTE) return p;
    p += 2;
  }
  return 0;
}

/**
 * Where the record at `start` of a file with quotes ends, whatever its cells hold; 0 while a quoted cell in it is not
 * closed. A quote that is never closed, or that text follows, says nothing: the record is its first line.
 * @param last whether no more input will come
 */
export function recordEnd(start: usize, end: usize, separator: u32, last: bool): usize {
  const separators = i8x16.splat(<i8>separator);
  let p = start;
  while (true) {
    if (load<u8>(p) == QUOTE) {
      const close = closingQuote(p + 1, end);
      if (close == 0 && isWaiting(start, end, last)) return 0;
      if (close == 0 || isTooLong(start, close) || !isEnd(close + 1, separator)) return lineEnd(start) + 1;
      p = close + 1;
      if (<u32>load<u16>(p) == CRLF) p++;
    } else {
      while (true) {
        const block = v128.load(p);
        const found = i8x16.bitmask(v128.or(i8x16.eq(block, separators), i8x16.eq(block, i8x16.splat(0x0a))));
        if (found != 0) {
          p += ctz(found);
          break;
        }
        p += 16;
      }
    }
    if (load<u8>(p) == LINE_FEED) return p + 1;
    p++;
  }
}

/** Whether more input may close the quoted cell in the record at `start`. */
export function isWaiting(start: usize, end: usize, last: bool): bool {
  return !last && end <= lineEnd(start) + QUOTED_LIMIT;
}

/** How many line feeds are in [p, end), whose last byte is one. */
export function countLines(p: usize, end: usize): i32 {
  let count = 0;
  while (p < end) {
    p = lineEnd(p) + 1;
    count++;
  }
  return count;
}

