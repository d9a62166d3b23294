import { describe, expect, it } from 'vitest';
import { formatOfBytes, hasLine, tellsFormat } from '../../src/pipeline/formats.js';

const SAMPLES: Readonly<Record<string, Uint8Array>> = {
  avro: Buffer.from('Obj\u0001\u0002avro.schema', 'latin1'),
  'msgpack of small maps': Buffer.from([0x83, 0xa1, 0x61, 1]),
  'msgpack of large maps': Buffer.from([0xdf, 0, 1, 0, 0, 0xa1]),
  ndjson: Buffer.from('{"a":1}\n{"a":2}\n'),
  'ndjson behind blanks and a mark': Buffer.from('\ufeff \n\n[{"a":1}]\n'),
  csv: Buffer.from('carrier,flight\nUA,1545\n'),
  'csv with a mark': Buffer.from('\ufeffcarrier,flight\r\nUA,1545\r\n'),
  tsv: Buffer.from('a\tb\n1\t2\n'),
  'pairs of numbers': Buffer.from('1 2\n3 4\n'),
  'text of no format': Buffer.from('hello, you over there! who are you?\n'),
  'letters behind an O': Buffer.from('Object,b\n1,2\n'),
};

describe('the format of a stream', () => {
  it.each(Object.entries(SAMPLES))('is the same however much of %s is there, once it can be told', (_name, bytes) => {
    expect(tellsFormat(bytes)).toBe(true);
    for (let length = 1; length < bytes.length; length++) {
      const front = bytes.subarray(0, length);
      if (tellsFormat(front)) expect(formatOfBytes(front)).toBe(formatOfBytes(bytes));
    }
  });

  it('of JSON lines is told by the first letter: nothing waits for the rest', () => {
    expect(tellsFormat(Buffer.from('{'))).toBe(true);
  });

  it('is JSON lines where nothing tells', () => {
    expect(formatOfBytes(Buffer.from('hello\n'))).toBe('ndjson');
    expect(formatOfBytes(new Uint8Array(0))).toBe('ndjson');
  });

  it('has a line when one that is not blank is whole', () => {
    expect(hasLine(Buffer.from('\n \n{"a":'))).toBe(false);
    expect(hasLine(Buffer.from('\n \n{}\n'))).toBe(true);
  });
});
