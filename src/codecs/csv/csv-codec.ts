import type { Codec } from '../codec.js';
import { CsvDecoder } from './decoder.js';
import { CSV, type Dialect, TSV } from './dialect.js';
import { CsvEncoder } from './encoder.js';
import { splitRecord } from './split-record.js';

export const csvCodec: Codec = codecOf(CSV);
export const tsvCodec: Codec = codecOf(TSV);

/** Records are not kept as bytes: a line says nothing without the header of its file. */
function codecOf(dialect: Dialect): Codec {
  return {
    format: dialect.format,
    keepsRecords: false,
    decoder: (context) => new CsvDecoder(context, dialect),
    encoder: (context) => new CsvEncoder(context, dialect),
  };
}

/** The cells of the first line, as text; none where it is no record. */
export function headerCells(bytes: Buffer, format: 'csv' | 'tsv'): string[] {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const split = splitRecord(marked ? bytes.subarray(3) : bytes, format === 'csv' ? CSV : TSV);
  return split.problem === undefined ? split.cells.map((cell) => cell.bytes.toString()) : [];
}
