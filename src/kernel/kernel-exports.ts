/** What the WebAssembly module exports (assembly/index.ts). Pointers are byte offsets into its memory. */
export interface KernelExports {
  heapBase(): number;
  moveBytes(to: number, from: number, length: number): void;
  fillBytes(at: number, value: number, length: number): void;
  dictionaryIntern(dictionary: number, at: number, length: number): number;
  dictionaryRehash(dictionary: number): void;
  /** How many bytes stand behind the array of a record's fields, and filling them once the fields are there. */
  namesSize(count: number): number;
  indexNames(node: number): void;
  setScratch(text: number, frames: number, framesEnd: number): void;
  scanLines(scan: number, from: number, end: number): number;
  foldNewest(grid: number, row: number, count: number): number;
  takeChanged(grid: number, from: number, end: number, places: number, most: number): number;
  gatherNewest(grid: number, gather: number, base: number, row: number): number;
  writeRows(rows: number, at: number, count: number): number;
  scanCsv(scan: number, from: number, end: number): number;
  csvRecordEnd(scan: number, from: number, end: number, last: number): number;
  traceRecord(root: number, at: number, trace: number, limit: number): number;
  endTrace(): number;
  splitRecords(
    at: number,
    end: number,
    count: number,
    baseTime: number,
    offsets: number,
    times: number,
    keyStarts: number,
    keyEnds: number,
    starts: number,
    ends: number,
    headerStarts: number,
    headerEnds: number,
  ): number;
  packLz4(at: number, end: number, to: number): number;
  packSnappy(at: number, end: number, to: number): number;
  unpackSnappy(at: number, end: number, to: number, limit: number): number;
  unpackLz4(at: number, end: number, to: number, limit: number, start: number): number;
  inflate(at: number, end: number, to: number, limit: number): number;
  readonly inflatedTo: WebAssembly.Global;
  beginZstd(): void;
  unpackZstd(at: number, end: number, to: number, limit: number, start: number): number;
  linesOf(starts: number, ends: number, count: number, to: number, rows: number): number;
  readonly linesWritten: WebAssembly.Global;
  readonly maybeBlank: WebAssembly.Global;
  readonly lineFeeds: WebAssembly.Global;
  partitionsOf(
    keys: number,
    starts: number,
    ends: number,
    count: number,
    partitions: number,
    spare: number,
    to: number,
  ): void;
  sizeRecords(
    starts: number,
    ends: number,
    keyStarts: number,
    keyEnds: number,
    headerStarts: number,
    headerEnds: number,
    partitions: number,
    count: number,
    sums: number,
  ): void;
  frameRecords(
    values: number,
    starts: number,
    ends: number,
    keys: number,
    keyStarts: number,
    keyEnds: number,
    headers: number,
    headerStarts: number,
    headerEnds: number,
    times: number,
    partitions: number,
    count: number,
    cursors: number,
    counts: number,
    firstTimes: number,
    lastTimes: number,
  ): void;
  scanRecords(root: number, base: number, starts: number, ends: number, row: number, count: number): number;
}
