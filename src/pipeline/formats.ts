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

/** The format that the first bytes of a stream look like; JSON where nothing tells. */
export function formatOfBytes(bytes: Uint8Array): Format {
  if (bytes[0] === 0x4f && bytes[1] === 0x62 && bytes[2] === 0x6a && bytes[3] === 1) return 'avro';
  const [first = 0x7b] = bytes;
  if ((first >= 0x80 && first <= 0x8f) || first === 0xde || (first === 0xdf && bytes[1] === 0)) return 'msgpack';
  const text = new TextDecoder().decode(bytes.subarray(0, 4096)).replace(/^\uFEFF/, '');
  if (/^\s*[[{]/.test(text)) return 'ndjson';
  const [line = ''] = text.split('\n');
  // Pairs of numbers with any white space between them.
  if (/^\s*[-+]?\d+([ \t]+[-+]?\d+)+\s*$/.test(line)) return 'tsv';
  if (/^[\w .-]+(\t[\w .-]+)+\r?$/.test(line)) return 'tsv';
  if (/^[\w" .-]+(,[\w" .:/-]+)+\r?$/.test(line)) return 'csv';
  return 'ndjson';
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
