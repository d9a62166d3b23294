import type { Codec, Format } from '../codecs/codec.js';

const ENDINGS: Readonly<Record<string, Format>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  avro: 'avro',
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  msgpack: 'msgpack',
  mpk: 'msgpack',
};
const COMPRESSED = /\.(gz|zst|zstd)$/i;

/** The format that a file's name says; undefined where it says none. */
export function formatOfName(name: string): Format | undefined {
  const ending = /\.([a-z]+)$/i.exec(name.replace(COMPRESSED, ''))?.[1];
  return ending === undefined ? undefined : ENDINGS[ending.toLowerCase()];
}

const AVRO = [0x4f, 0x62, 0x6a, 1];
export const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** The front of a text that is looked at. */
const LOOKED_AT = 4096;

/** Whether more bytes can't change what formatOfBytes() makes of the first ones. */
export function tellsFormat(bytes: Uint8Array): boolean {
  const [first = 0] = bytes;
  if (isFrontOf(bytes, AVRO) || isFrontOf(bytes, BYTE_ORDER_MARK) || (first === 0xdf && bytes.length < 2)) return false;
  if (startsWith(bytes, AVRO) || isMessagePack(first, bytes[1]) || bytes.length >= LOOKED_AT) return true;
  return /^\s*[[{]/.test(textOf(bytes)) || hasLine(bytes);
}

/** Whether there is a whole line of text that is not blank. */
export function hasLine(bytes: Uint8Array): boolean {
  return hasLines(bytes, 1);
}

/** Whether there are so many of them. */
export function hasLines(bytes: Uint8Array, count: number): boolean {
  let end = -1;
  for (let lines = 0; lines < count; lines++) {
    const start = bytes.findIndex((byte, at) => at > end && isInk(byte));
    end = start < 0 ? -1 : bytes.indexOf(LINE_FEED, start);
    if (end < 0) return false;
  }
  return true;
}

/** Whether a byte of text is neither white space nor a control character. */
export function isInk(byte: number): boolean {
  return byte > 0x20;
}

/** Text without the byte-order mark that it may begin with. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return startsWith(bytes, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

/** The format that the first bytes of a stream look like; JSON where nothing tells. */
export function formatOfBytes(bytes: Uint8Array): Format {
  if (startsWith(bytes, AVRO)) return 'avro';
  if (isMessagePack(bytes[0], bytes[1])) return 'msgpack';
  const text = textOf(bytes);
  if (/^\s*[[{]/.test(text)) return 'ndjson';
  const [line = ''] = text.split('\n');
  // Pairs of numbers with any white space between them.
  if (/^\s*[-+]?\d+([ \t]+[-+]?\d+)+\s*$/.test(line)) return 'tsv';
  if (/^[\w .-]+(\t[\w .-]+)+\r?$/.test(line)) return 'tsv';
  if (/^[\w" .-]+(,[\w" .:/-]+)+\r?$/.test(line)) return 'csv';
  return 'ndjson';
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, LOOKED_AT)).replace(/^\uFEFF/, '');
}

/** Whether bytes begin as a map of any size does. */
export function isMessagePack(first = 0x7b, second?: number): boolean {
  return (first >= 0x80 && first <= 0x8f) || first === 0xde || (first === 0xdf && second === 0);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

/** Whether there are too few bytes to tell that they start with a magic number. */
function isFrontOf(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length < magic.length && bytes.every((byte, at) => magic[at] === byte);
}

/** Loads the codec of a format, and nothing of the others. */
export async function loadCodec(format: Format): Promise<Codec> {
  switch (format) {
    case 'ndjson':
      return (await import('../codecs/ndjson/ndjson-codec.js')).ndjsonCodec;
    case 'avro':
      return (await import('../codecs/avro/avro-codec.js')).avroCodec;
    case 'csv':
      return (await import('../codecs/csv/csv-codec.js')).csvCodec;
    case 'tsv':
      return (await import('../codecs/csv/csv-codec.js')).tsvCodec;
    case 'msgpack':
      return (await import('../codecs/msgpack/msgpack-codec.js')).msgpackCodec;
  }
}
