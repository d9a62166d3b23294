// The records of a Kafka record batch (magic 2), https://kafka.apache.org/documentation/#record.

/** Where a number of variable length ended. */
let next: usize = 0;

/** A zigzag number of up to 64 bits; `next` is 0 where it does not end before `end`. */
// @ts-ignore: decorator
@inline
function varlong(p: usize, end: usize): i64 {
  let value: u64 = 0;
  let shift: u64 = 0;
  while (p < end && shift < 64) {
    const byte = <u64>load<u8>(p++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      next = p;
      return <i64>(value >> 1) ^ -<i64>(value & 1);
    }
    shift += 7;
  }
  next = 0;
  return 0;
}

/**
 * Finds the records in [at, end): of each its offset's distance to the batch's, its time, and where its key,
 * value and headers are (starts of -1: null; headers are a count, and then names and values). Returns how many have the shape of a record.
 */
export function splitRecords(
  at: usize, end: usize, count: i32, baseTime: f64,
  offsets: usize, times: usize, keyStarts: usize, keyEnds: usize, starts: usize, ends: usize,
  headerStarts: usize, headerEnds: usize,
): i32 {
  for (let row = 0; row < count; row++) {
    const length = varlong(at, end);
    at = next;
    if (at == 0 || length < 0 || <u64>length > <u64>(end - at)) return row;
    const stop = at + <usize>length;
    if (at >= stop) return row;
    const time = varlong(at + 1, stop);
    if (next == 0) return row;
    const offset = varlong(next, stop);
    if (next == 0) return row;
    const keyLength = varlong(next, stop);
    at = next;
    if (at == 0 || keyLength > <i64>(stop - at)) return row;
    const place = (<usize>row) << 2;
    store<i32>(keyStarts + place, keyLength < 0 ? -1 : <i32>at);
    if (keyLength > 0) at += <usize>keyLength;
    store<i32>(keyEnds + place, <i32>at);
    const valueLength = varlong(at, stop);
    at = next;
    if (at == 0 || valueLength > <i64>(stop - at)) return row;
    store<i32>(starts + place, valueLength < 0 ? -1 : <i32>at);
    if (valueLength > 0) at += <usize>valueLength;
    store<i32>(ends + place, <i32>at);
    store<i32>(headerStarts + place, <i32>at);
    store<i32>(headerEnds + place, <i32>stop);
    store<i32>(offsets + place, <i32>offset);
    store<f64>(times + (place << 1), baseTime + <f64>time);
    at = stop;
  }
  return count;
}

/** Of the values that linesOf() has written last: their number, how many may be blank, whether any has a line feed. */
export let linesWritten: i32 = 0;
export let maybeBlank: i32 = 0;
export let lineFeeds: bool = false;

/**
 * Writes values as lines, one each: a line feed in a value becomes a carriage return, which JSON allows wherever it
 * allows a line feed. Values that are null are left out; the places of the others go to `rows`. Returns the end.
 * There is room behind `to` for each value, its line feed and 16 bytes.
 */
export function linesOf(starts: usize, ends: usize, count: i32, to: usize, rows: usize): usize {
  let written = 0;
  lineFeeds = false;
  maybeBlank = 0;
  const feed = i8x16.splat(0x0a);
  const change = i8x16.splat(0x07);
  for (let row = 0; row < count; row++) {
    const place = (<usize>row) << 2;
    let from = <usize>load<i32>(starts + place);
    if (<i32>from < 0) continue;
    const length = <usize>load<i32>(ends + place) - from;
    const end = to + length;
    if (length == 0 || load<u8>(from) <= 0x20) maybeBlank++;
    while (to < end) {
      const bytes = v128.load(from);
      const isFeed = i8x16.eq(bytes, feed);
      let found = i8x16.bitmask(isFeed);
      if (found != 0) {
        const left = end - to;
        // What stands behind the value is not its own.
        if (left < 16) found &= (1 << <i32>left) - 1;
        if (found != 0) lineFeeds = true;
      }
      // 0x0a ^ 0x07 is 0x0d.
      v128.store(to, v128.xor(bytes, v128.and(isFeed, change)));
      from += 16;
      to += 16;
    }
    to = end;
    store<u8>(to++, 0x0a);
    store<i32>(rows + ((<usize>written) << 2), row);
    written++;
  }
  linesWritten = written;
  return to;
}
