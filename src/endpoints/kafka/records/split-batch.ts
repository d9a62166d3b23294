import { decompressRecords } from './decompress-records.js';
import { OpenBatch, type SealedBatch } from './open-batch.js';
import { HEADER_BYTES } from './record-batch.js';
import { RecordFramer, type Slices, type UnframedRows } from './record-framer.js';
import { RecordSplitter } from './record-splitter.js';

/** The two halves of a batch that is too large for its topic. */
export function splitBatch(batch: SealedBatch): SealedBatch[] {
  const rows = rowsOfBatch(batch);
  const half = Math.floor(rows.count / 2);
  const framer = new RecordFramer(1, Number.POSITIVE_INFINITY);
  const parts = [part(rows, 0, half), part(rows, half, rows.count)].map((rest) => {
    const open = new OpenBatch();
    framer.frame(rest, () => open);
    return open.seal(batch.compression);
  });
  framer.close();
  return parts;
}

/** The value of a batch's first record. */
export function firstValue(batch: SealedBatch): Uint8Array {
  const { values } = rowsOfBatch(batch);
  return values.bytes.slice(Math.max(0, values.starts[0] ?? 0), values.ends[0]);
}

/** The records of a batch as what they were made of. */
function rowsOfBatch({ buffer, compression, count, firstTime }: SealedBatch): UnframedRows {
  const records = decompressRecords(compression, buffer.subarray(HEADER_BYTES));
  const splitter = new RecordSplitter();
  const split = splitter.split(records, count);
  const first = split.keyStarts[0] < 0 ? split.keyEnds[0] : split.keyStarts[0];
  const bytes = split.buffer.slice(first, split.headerEnds[count - 1]);
  const from = (starts: Int32Array, ends: Int32Array): Slices => ({
    bytes,
    starts: starts.map((start) => (start < 0 ? -1 : start - first)),
    ends: ends.map((end) => end - first),
  });
  const rows = {
    count,
    values: from(split.starts, split.ends),
    keys: from(split.keyStarts, split.keyEnds),
    headers: from(split.headerStarts, split.headerEnds),
    times: split.times.map((distance) => firstTime + distance),
  };
  splitter.close();
  return rows;
}

function part({ values, keys, headers, times }: UnframedRows, from: number, to: number): UnframedRows {
  const of = ({ bytes, starts, ends }: Slices): Slices => ({
    bytes,
    starts: starts.subarray(from, to),
    ends: ends.subarray(from, to),
  });
  return {
    count: to - from,
    values: of(values),
    ...(keys === undefined ? {} : { keys: of(keys) }),
    ...(headers === undefined ? {} : { headers: of(headers) }),
    times: times.subarray(from, to),
  };
}
