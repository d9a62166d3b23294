import avro from 'avsc';
import { unpackMultiple } from 'msgpackr';
import { uncompressSync } from 'snappy';
import { formatOfBytes, formatOfName } from '../../src/pipeline/formats.js';

/** A record of an input, as a topic holds it. */
export interface InputRecord {
  /** Of Avro without what names its schema. */
  readonly value: Buffer;
  /** As what is told of it names its place: by its line, or by its number. */
  readonly unit: 'line' | 'record';
  readonly place: number;
  /** Undefined where it can't be read. */
  readonly content: unknown;
}

export interface Input {
  readonly records: readonly InputRecord[];
  /** With which they were written, of Avro alone. */
  readonly schema?: unknown;
}

/** A topic takes a megabyte, with what stands around a record. */
const MOST_BYTES = 1_000_000;

/** The records of an input, or why topics can't hold them. @param given its format, where the command line has it */
export async function recordsIn(bytes: Buffer, path: string, given?: string): Promise<Input | string> {
  if (isCompressed(bytes)) return 'bytes that are compressed';
  const format = given ?? formatOfName(path) ?? formatOfBytes(bytes);
  if (format === 'csv' || format === 'tsv') return 'CSV and TSV';
  try {
    const input =
      format === 'avro' ? await rowsOf(bytes) : { records: format === 'msgpack' ? itemsOf(bytes) : linesOf(bytes) };
    const isLarge = input.records.some(({ value }) => value.length > MOST_BYTES);
    return isLarge ? 'a record that is larger than topics take' : input;
  } catch (error) {
    return `what is no ${format}: ${error}`;
  }
}

const isCompressed = (bytes: Buffer): boolean => /^(1f8b|28b52ffd)/.test(bytes.toString('hex', 0, 4));

const LINE_FEED = 10;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Blank lines are no records, and a byte order mark is the file's. */
function linesOf(bytes: Buffer): InputRecord[] {
  const records: InputRecord[] = [];
  const begin = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  for (let start = begin, place = 1; start < bytes.length; place++) {
    const next = bytes.indexOf(LINE_FEED, start);
    const end = next < 0 ? bytes.length : next;
    const value = bytes.subarray(start, end);
    if (/\S/.test(value.toString('latin1'))) records.push({ value, unit: 'line', place, content: parsed(value) });
    start = end + 1;
  }
  return records;
}

function parsed(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString());
  } catch {
    return undefined;
  }
}

function itemsOf(bytes: Buffer): InputRecord[] {
  const records: InputRecord[] = [];
  unpackMultiple(bytes, (content: unknown, start = 0, end = bytes.length) => {
    records.push({ value: bytes.subarray(start, end), unit: 'record', place: records.length + 1, content });
  });
  return records;
}

async function rowsOf(bytes: Buffer): Promise<Input> {
  let type: avro.Type | undefined;
  let schema: unknown;
  const decoder = new avro.streams.BlockDecoder({
    parseHook: (read) => {
      schema = read;
      type = avro.Type.forSchema(read);
      return type;
    },
    codecs: {
      ...avro.streams.BlockDecoder.defaultCodecs(),
      // A checksum stands behind each block.
      snappy: (block, done) => done(null, Buffer.from(uncompressSync(block.subarray(0, -4)))),
    },
  });
  const records: InputRecord[] = [];
  await new Promise<void>((resolve, reject) => {
    decoder.on('data', (content: unknown) => {
      const value = type?.toBuffer(content) ?? Buffer.of();
      records.push({ value, unit: 'record', place: records.length + 1, content });
    });
    decoder.on('end', resolve).on('error', reject).end(bytes);
  });
  return { records, schema };
}
