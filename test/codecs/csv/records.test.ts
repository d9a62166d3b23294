import { describe, expect, it } from 'vitest';
import { csvCodec, tsvCodec } from '../../../src/codecs/csv/csv-codec.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf, decodeAll, type Refused } from '../decode-all.js';

const schemaOf = (fields: Record<string, unknown>, freshet = {}): RecordSchema =>
  parseSchema(
    { type: 'record', name: 'sample', fields: Object.entries(fields).map(([name, type]) => ({ name, type })), freshet },
    'sample',
  );

const pair = schemaOf({ a: 'long', b: 'long' });
const texts = schemaOf({ a: 'string', b: 'string' });

function refused(text: string | Buffer, schema: RecordSchema, codec = csvCodec): Refused[] {
  return decodeAll(codec, contextOf(schema), Buffer.from(text as string)).rejects;
}

function reasons(text: string | Buffer, schema: RecordSchema, codec = csvCodec): string[] {
  return refused(text, schema, codec).map(({ reason }) => reason.replace(/ \(it is taken.*/, ''));
}

function rows(text: string, schema: RecordSchema, codec = csvCodec): Row[] {
  const decoded = decodeAll(codec, contextOf(schema), Buffer.from(text));
  expect(decoded.rejects).toEqual([]);
  return decoded.rows;
}

describe('a record of CSV', () => {
  it('may have separators, quotes and line breaks in quotes', () => {
    expect(rows('"a,b","say ""hi"""\r\n"two\nlines","\r\n"\n', texts)).toEqual([
      { a: 'a,b', b: 'say "hi"' },
      { a: 'two\nlines', b: '\r\n' },
    ]);
  });

  it('may have quotes that do not open a cell, as Miller and Python read them', () => {
    expect(rows('5" disk, "x"\n', texts)).toEqual([{ a: '5" disk', b: ' "x"' }]);
  });

  it('may be the last one without a line break, even in an open carriage return', () => {
    expect(rows('1,2\r\n3,4\r', pair)).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
  });

  it('keeps a carriage return that ends no line', () => {
    expect(rows('a\rb,c\r\r\n', texts)).toEqual([{ a: 'a\rb', b: 'c\r' }]);
  });

  it('is refused for too few or too many cells', () => {
    expect(reasons('1\n1,2,3\n1,2,\n', pair)).toEqual([
      '1 cell where there are 2 columns: a, b',
      '3 cells where there are 2 columns: a, b',
      '3 cells where there are 2 columns: a, b',
    ]);
  });

  it('is refused for bytes that are no text, in cells that nothing reads as well', () => {
    const file = Buffer.from('x,a,b\n\xff,1,2\nn\0,1,2\nok,1,2\n\xed\xa0\x80,1,2\n"\xc3",1,2\n', 'latin1');
    expect(refused(file, pair).map(({ at, reason }) => `${at}: ${reason}`)).toEqual([
      'line 2: cell 1 is not valid UTF-8',
      'line 3: cell 1 has a NUL byte',
      'line 5: cell 1 is not valid UTF-8',
      'line 6: cell 1 is not valid UTF-8',
    ]);
  });

  it('may hold NUL in quotes, and as \\0 in TSV', () => {
    expect(rows('"a\0","\0\0"\n', texts)).toEqual([{ a: 'a\0', b: '\0\0' }]);
    expect(reasons('a,b\n"a\0",\0\n', texts)).toEqual(['cell 2 has a NUL byte']);
    expect(rows('a\\0\t\\\\0\n', texts, tsvCodec)).toEqual([{ a: 'a\0', b: '\\0' }]);
    expect(reasons('a\tb\na\\0\tb\0\n', texts, tsvCodec)).toEqual(['cell 2 has a NUL byte']);
  });

  it('is refused for values that do not fit, with the field and the cell', () => {
    const schema = schemaOf(
      { n: 'int', x: 'double', ok: 'boolean', s: { type: 'enum', name: 'e', symbols: ['ON'] }, t: 'string' },
      { time: 't' },
    );
    const lines = [
      '4x,1,1,ON,2017-08-02',
      '1,1e400,1,ON,2017-08-02',
      '1,1,maybe,ON,2017-08-02',
      '1,1,1,OFF,2017-08-02',
      '1,1,1,ON,2017-02-30',
      '3000000000,1,1,ON,2017-08-02',
      ',1,1,ON,2017-08-02',
    ];
    expect(reasons(`n,x,ok,s,t\n${lines.join('\n')}`, schema)).toEqual([
      'field n must be an int, not "4x"',
      'field x must be a double, not "1e400"',
      'field ok must be a boolean, not "maybe"',
      'field s must be one of ON, not "OFF"',
      'field t is not a time: 2017-02-30 does not exist',
      'field n must be an int, not 3000000000',
      'field n is empty',
    ]);
  });

  it('takes numbers since the epoch as times', () => {
    const schema = schemaOf({ t: 'long' }, { time: { field: 't', unit: 's' } });
    expect(rows('1501639200\n+0\n', schema)).toEqual([{ t: 1501639200 }, { t: 0 }]);
    expect(reasons('999999999999\n', schema)).toEqual([
      'field t is not a time: 999999999999 s is outside of the years 0001 to 9999',
    ]);
  });
});

describe('a quote that is not closed', () => {
  const reason = 'the quote that opens cell 1 has no matching one at the end of a cell';

  it('costs its line alone when nothing closes it', () => {
    expect(refused('a,b\n"1,2\n3,4\n', texts)).toEqual([{ at: 'line 2', raw: '"1,2', reason }]);
    expect(decodeAll(csvCodec, contextOf(texts), Buffer.from('a,b\n"1,2\n3,4\n5,6'), [3]).rows).toHaveLength(2);
  });

  it('costs its line alone when the next quoted cell closes it', () => {
    const { rows, rejects, ordinals } = decodeAll(
      csvCodec,
      contextOf(texts),
      Buffer.from('a,b\n"1,2\n3,4\n"x, y",6\n'),
      [2],
    );
    expect(rejects).toEqual([{ at: 'line 2', raw: '"1,2', reason }]);
    expect(rows).toEqual([
      { a: '3', b: '4' },
      { a: 'x, y', b: '6' },
    ]);
    expect(ordinals).toEqual([3, 4]);
  });

  it('costs its line alone when it is closed more than 16 MB behind it', () => {
    const limit = 16 * 1024 * 1024;
    const line = `x,${'y'.repeat(16_381)}\n`;
    const file = (size: number): Buffer =>
      Buffer.concat([Buffer.from('a,b\n"first\n'), Buffer.alloc(size - 1, line), Buffer.from('",2\n3,4\n')]);
    for (const sizes of [[1 << 26], [100_000]]) {
      const near = decodeAll(csvCodec, contextOf(texts), file(limit), sizes);
      expect(near.rejects).toEqual([]);
      expect(near.rows).toHaveLength(2);
      const far = decodeAll(csvCodec, contextOf(texts), file(limit + 1), sizes);
      expect(far.rejects.map(({ at, raw }) => [at, raw])).toEqual([
        ['line 2', '"first'],
        ['line 1027', '",2'],
      ]);
      expect(far.rows).toHaveLength(1025);
    }
  });
});

describe('long records', () => {
  it('of 100 MB are read, and nothing is looked at twice', () => {
    const big = 100_000_000;
    const file = Buffer.concat([
      Buffer.from('a,b\nx,'),
      Buffer.alloc(big, 'é'),
      Buffer.from('\n"'),
      Buffer.alloc(1_000_000, '""'),
      Buffer.from('",y\n'),
    ]);
    const decoder = csvCodec.decoder(contextOf(texts));
    const lengths: number[] = [];
    const pull = (): void => {
      for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
        for (const path of ['a', 'b']) {
          const column = batch.columns.get(path);
          if (column?.kind !== 'dictionary') continue;
          for (const id of column.ids.subarray(0, batch.length)) lengths.push(column.dictionary.bytes(id).length);
        }
      }
    };
    for (let at = 0; at < file.length; at += 65536) {
      const part = file.subarray(at, at + 65536);
      decoder.space(part.length).set(part);
      decoder.filled(part.length);
      pull();
    }
    decoder.end();
    pull();
    expect(lengths).toEqual([1, big, 500_000, 1]);
  });
});

describe('TSV', () => {
  it('has escapes for what a cell can not hold; other backslashes are themselves', () => {
    expect(rows('tab\\tand\\nline\t\\\\t \\r \\x \\\n"q"\t"\n', texts, tsvCodec)).toEqual([
      { a: 'tab\tand\nline', b: '\\t \r \\x \\' },
      { a: '"q"', b: '"' },
    ]);
  });

  it('is split at any white space where no column can hold any', () => {
    expect(rows('1\t2\n3 4\n  5 \t 6  \r\n7\t\t8\n', pair, tsvCodec)).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
      { a: 5, b: 6 },
      { a: 7, b: 8 },
    ]);
    expect(rows('b a\n1 2\n', pair, tsvCodec)).toEqual([{ a: 2, b: 1 }]);
    expect(reasons('1 2 3\n1\nx 2\n', pair, tsvCodec)).toEqual([
      '3 cells where there are 2 columns: a, b',
      '1 cell where there are 2 columns: a, b',
      'field a must be a long, not "x"',
    ]);
  });

  it('is split at tabs alone where a column is a text', () => {
    expect(reasons('one two\n', texts, tsvCodec)).toEqual(['1 cell where there are 2 columns: a, b']);
    expect(reasons('some b\n', texts, tsvCodec)).toHaveLength(1);
    const gaps = schemaOf({ a: ['null', 'long'], b: ['null', 'long'], c: ['null', 'long'] });
    expect(rows('1\t\t2\n', gaps, tsvCodec)).toEqual([{ a: 1, b: null, c: 2 }]);
  });
});
