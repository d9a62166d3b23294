// What a scan of NDJSON is told, and what it tells.

/** Where a scan starts and what it found. Written and read by ../../codecs/ndjson. */
@unmanaged
export class Scan {
  root: usize;
  /** Slots of the learned layout; 0 while none is known. */
  layout: usize;
  slotCount: i32;
  /** One a row: where its record starts and ends; 0 when the plan does not keep records. */
  starts: usize;
  ends: usize;
  /** One a row: its line, counted from 0 in this scan. */
  lines: usize;
  maxRows: i32;
  /** Start and end of each refused line, then its number. */
  rejects: usize;
  maxRejects: i32;
  rows: i32;
  rejectCount: i32;
  lineCount: i32;
  /** Lines that the layout did not match. */
  misses: i32;
  /** 1 when a line that holds several records does not fit into the rows left. */
  crowded: i32;
}
