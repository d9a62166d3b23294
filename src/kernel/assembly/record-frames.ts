// Records of a Kafka record batch (magic 2) from rows' bytes, https://kafka.apache.org/documentation/#record, and the
// partition that a key belongs to.

/** What a record takes beside its key, value and headers at most: 32 bytes, and 16 that wide stores may write behind it. */
const SPARE: u32 = 48;

/** murmur2 of a key as Kafka's Java client has it (org.apache.kafka.common.utils.Utils). */
function murmur2(p: usize, length: u32): u32 {
  const m: u32 = 0x5bd1e995;
  let h: u32 = 0x9747b28c ^ length;
  const words = p + <usize>(length & ~3);
  for (; p < words; p += 4) {
    let k = load<u32>(p) * m;
    k = (k ^ (k >> 24)) * m;
    h = (h * m) ^ k;
  }
  const rest = length & 3;
  if (rest == 3) h ^= <u32>load<u8>(p, 2) << 16;
  if (rest >= 2) h ^= <u32>load<u8>(p, 1) << 8;
  if (rest >= 1) h = (h ^ <u32>load<u8>(p)) * m;
  h = (h ^ (h >> 13)) * m;
  return h ^ (h >> 15);
}

/**
 * The partition of each row: murmur2 of its key without the sign, modulo their number, as Java's default partitioner
 * chooses. Starts and ends are counted from `keys`; rows with a start of -1 have no key and belong to `spare`.
 */
export function partitionsOf(
  keys: usize, starts: usize, ends: usize, count: i32, partitions: u32, spare: i32, to: usize,
): void {
  for (let row = 0; row < count; row++) {
    const place = (<usize>row) << 2;
    const start = load<i32>(starts + place);
    const length = <u32>(load<i32>(ends + place) - start);
    const partition = start < 0 ? spare : <i32>((murmur2(keys + <usize>start, length) & 0x7fffffff) % partitions);
    store<i32>(to + place, partition);
  }
}

/** Adds up how many bytes frameRecords() may write for each partition. */
export function sizeRecords(
  starts: usize, ends: usize, keyStarts: usize, keyEnds: usize, headerStarts: usize, headerEnds: usize,
  partitions: usize, count: i32, sums: usize,
): void {
  for (let row = 0; row < count; row++) {
    const place = (<usize>row) << 2;
    const sum = sums + ((<usize>load<u32>(partitions + place)) << 2);
    const start = load<i32>(starts + place);
    const value = start < 0 ? 0 : <u32>(load<i32>(ends + place) - start);
    const keyStart = load<i32>(keyStarts + place);
    const key = keyStart < 0 ? 0 : <u32>(load<i32>(keyEnds + place) - keyStart);
    const headerStart = headerStarts == 0 ? -1 : load<i32>(headerStarts + place);
    const headers = headerStart < 0 ? 0 : <u32>(load<i32>(headerEnds + place) - headerStart);
    store<u32>(sum, load<u32>(sum) + value + key + headers + SPARE);
  }
}

/**
 * Writes rows as records, each behind the last of its partition. Headers come as records have them, a count and then
 * names and values; `headerStarts` of 0: no record has any, a start of -1: this one has none. Of a partition there are: where its next record goes
 * (`cursors`), how many records its batch has (`counts`), and the batch's first and greatest time (`firstTimes`,
 * `lastTimes`), which are set with its first record.
 */
export function frameRecords(
  values: usize, starts: usize, ends: usize, keys: usize, keyStarts: usize, keyEnds: usize,
  headers: usize, headerStarts: usize, headerEnds: usize, times: usize, partitions: usize, count: i32,
  cursors: usize, counts: usize, firstTimes: usize, lastTimes: usize,
): void {
  for (let row = 0; row < count; row++) {
    const place = (<usize>row) << 2;
    const partition = (<usize>load<u32>(partitions + place)) << 2;
    const time = load<f64>(times + (place << 1));
    const before = load<i32>(counts + partition);
    const first = firstTimes + (partition << 1);
    const last = lastTimes + (partition << 1);
    if (before == 0) {
      store<f64>(first, time);
      store<f64>(last, time);
    } else if (time > load<f64>(last)) {
      store<f64>(last, time);
    }
    store<i32>(counts + partition, before + 1);
    const start = load<i32>(starts + place);
    const length = start < 0 ? -1 : load<i32>(ends + place) - start;
    const keyStart = load<i32>(keyStarts + place);
    const keyLength = keyStart < 0 ? -1 : load<i32>(keyEnds + place) - keyStart;
    const headerStart = headerStarts == 0 ? -1 : load<i32>(headerStarts + place);
    const headersLength = headerStart < 0 ? 1 : load<i32>(headerEnds + place) - headerStart;
    const timeDelta = zigzag(<i64>(time - load<f64>(first)));
    const offsetDelta = zigzag(before);
    const keyHead = zigzag(keyLength);
    const valueHead = zigzag(length);
    const heads = sizeOf(timeDelta) + sizeOf(offsetDelta) + sizeOf(keyHead) + sizeOf(valueHead);
    const body = 1 + heads + max(keyLength, 0) + max(length, 0) + headersLength;
    let to = <usize>load<u32>(cursors + partition);
    to = writeNumber(to, zigzag(body));
    store<u8>(to++, 0);
    to = writeNumber(to, timeDelta);
    to = writeNumber(to, offsetDelta);
    to = writeNumber(to, keyHead);
    if (keyLength > 0) to = copy(to, keys + <usize>keyStart, keyLength);
    to = writeNumber(to, valueHead);
    if (length > 0) to = copy(to, values + <usize>start, length);
    if (headerStart < 0) store<u8>(to++, 0);
    else to = copy(to, headers + <usize>headerStart, headersLength);
    store<u32>(cursors + partition, <u32>to);
  }
}

// @ts-ignore: decorator
@inline
function zigzag(value: i64): u64 {
  return <u64>((value << 1) ^ (value >> 63));
}

/** How many bytes of 7 bits a number takes. */
// @ts-ignore: decorator
@inline
function sizeOf(value: u64): i32 {
  return <i32>((70 - clz(value | 1)) / 7);
}

// @ts-ignore: decorator
@inline
function writeNumber(to: usize, value: u64): usize {
  while (value >= 0x80) {
    store<u8>(to++, <u8>(value | 0x80));
    value >>= 7;
  }
  store<u8>(to++, <u8>value);
  return to;
}

/** Copies 16 bytes at a time: reads and writes up to 15 past the end. */
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: i32): usize {
  const end = to + <usize>length;
  if (length > 256) {
    memory.copy(to, from, <usize>length);
    return end;
  }
  for (; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
  return end;
}
