// Avro records that come one by one, as a topic's values do: each behind the bytes that name its schema.
import { AvroScan, readRecord } from './avro';
import { clearFull, full } from './dictionary';

/** Values of a topic, and what each begins with. Written by ../../codecs/avro/kernel-scan.ts. */
@unmanaged
class AvroValues {
  /** i32 each: where they start (-1: null) and end. */
  starts: usize;
  ends: usize;
  count: i32;
  /** The bytes in front of a record, which name its schema: 5 or 10 of them. */
  header: usize;
  headerBytes: u32;
  /** Where the next record is copied to, if the scan keeps them. */
  kept: usize;
}

/** In scan.refused: the next value is null, or begins otherwise. */
const ANOTHER: u32 = 2;

// @ts-ignore: decorator
@inline
function beginsWith(p: usize, end: usize, header: usize, length: u32): bool {
  if (<isize>(end - p) < <isize>length || load<u32>(p) != load<u32>(header)) return false;
  return length == 5 ? load<u8>(p + 4) == load<u8>(header + 4) : load<u64>(p + 2) == load<u64>(header + 2);
}

/**
 * Reads up to `count` values from `place` on into rows from `row` on, each to its very end, until one is refused or
 * begins otherwise, or a dictionary is full. Returns the row behind the last one; scan.refused says why it stopped.
 */
export function scanAvroValues(scanAt: usize, valuesAt: usize, place: i32, count: i32, row: i32): i32 {
  const scan = changetype<AvroScan>(scanAt);
  const values = changetype<AvroValues>(valuesAt);
  const lastRow = row + min(count, values.count - place);
  let start = values.starts + ((<usize>place) << 2);
  let end = values.ends + ((<usize>place) << 2);
  scan.refused = 0;
  clearFull();
  while (row < lastRow && !full) {
    let p = <usize>load<i32>(start);
    const last = <usize>load<i32>(end);
    if (<i32>p < 0 || !beginsWith(p, last, values.header, values.headerBytes)) {
      scan.refused = ANOTHER;
      break;
    }
    p += values.headerBytes;
    if (readRecord(scan, p, last, row) != last) {
      scan.refused = 1;
      break;
    }
    if (scan.starts) {
      const to = values.kept;
      memory.copy(to, p, last - p);
      values.kept = to + last - p;
      store<u32>(scan.starts + ((<usize>row) << 2), <u32>to);
      store<u32>(scan.ends + ((<usize>row) << 2), <u32>values.kept);
    }
    start += 4;
    end += 4;
    row++;
  }
  return row;
}
