import { describe, expect, it } from 'vitest';
import { csvCodec, tsvCodec } from '../../../src/codecs/csv/csv-codec.js';
import { UsageError } from '../../../src/records/errors.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf, decodeAll } from '../decode-all.js';

const schemaOf = (fields: unknown[], freshet = {}): RecordSchema =>
  parseSchema({ type: 'record', name: 'sample', fields, freshet }, 'sample');

const sample = schemaOf(
  [
    { name: 'id', type: 'string' },
    { name: 'at', type: 'string' },
    { name: 'count', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
  { key: 'id', time: 'at' },
);

function rows(text: string, schema = sample, codec = csvCodec): Row[] {
  const { rows, rejects } = decodeAll(codec, contextOf(schema), Buffer.from(text));
  expect(rejects).toEqual([]);
  return rows;
}

function error(text: string, schema = sample, codec = csvCodec): UsageError {
  try {
    decodeAll(codec, contextOf(schema, { source: 'a.csv' }), Buffer.from(text));
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
}

const row = { id: 'a', at: '2020-01-01', count: 3, note: null };

describe('the first line of CSV', () => {
  it('is a header where its cells are fields, in any order', () => {
    expect(rows('count,note,at,id\n3,,2020-01-01,a\n')).toEqual([row]);
  });

  it('may be quoted, have spaces, another case and a byte-order mark, and follow empty lines', () => {
    expect(rows('\uFEFF\r\n\r\n"ID", At ,"COUNT",note\r\na,2020-01-01,3,\r\n')).toEqual([row]);
  });

  it('tells the lines of the records, a header of several lines included', () => {
    const decoded = decodeAll(
      csvCodec,
      contextOf(sample),
      Buffer.from('\n"more\nof\nit",id,at,count\nx,a,2020-01-01,3\n\ny,a,?,3\n'),
    );
    expect(decoded.ordinals).toEqual([5]);
    expect(decoded.rejects.map(({ at }) => at)).toEqual(['line 7']);
  });

  it('may have columns that the schema does not know: they are let be', () => {
    expect(rows('"",id,1999,at,count\n1,a,x,2020-01-01,3\n')).toEqual([row]);
  });

  it('may lack fields that are nullable or have a default', () => {
    expect(rows('id,at,count\na,2020-01-01,3\n')).toEqual([row]);
  });

  it('may have names that only look like paths', () => {
    const dotted = {
      ...sample,
      fields: sample.fields.map((field) => ({ ...field, name: `x.${field.name}` })),
      key: [],
      time: undefined,
    };
    expect(rows('x.count,x.id,x.at\n3,a,b\n', dotted as RecordSchema)).toEqual([
      { 'x.id': 'a', 'x.at': 'b', 'x.count': 3, 'x.note': null },
    ]);
  });

  it('is a record where no cell is a field: columns then follow the schema', () => {
    expect(rows('a,2020-01-01,3,\na,2020-01-01,3,\n')).toEqual([row, row]);
  });

  it('is a record where a cell happens to be the name of a field but others are no names', () => {
    expect(rows('count,2020-01-01,3,\n')).toEqual([{ ...row, id: 'count' }]);
  });

  it('is refused, with the reason, where it is neither', () => {
    const { rows, rejects } = decodeAll(
      csvCodec,
      contextOf(sample),
      Buffer.from('Channel,When,Number,Text\na,2020-01-01,3,\n'),
    );
    expect(rows).toEqual([row]);
    expect(rejects).toEqual([
      {
        at: 'line 1',
        raw: 'Channel,When,Number,Text',
        reason:
          'field at is not a time: "When" is not a time such as 2017-08-02T02:00:00 (it is taken for a record, since none of its cells names a field of sample)',
      },
    ]);
  });

  it('is an error where it is a header that lacks a field which must be there', () => {
    const { message, status, next } = error('id,when,count\na,2020-01-01,3\n');
    expect(message).toBe('a.csv has no column at, which sample must have; its columns are id, when, count');
    expect(status).toBe(2);
    expect(next).toMatch(/^Rename the column/);
  });

  it('is an error where it names a field twice', () => {
    expect(error('id,at,count,ID\n').message).toBe('two columns of a.csv stand for field id: id, at, count, ID');
  });

  it('is an error where it may be a header or a record', () => {
    const texts = schemaOf([
      { name: 'name', type: 'string' },
      { name: 'city', type: 'string' },
    ]);
    expect(error('name,country\nAda,UK\n', texts)).toMatchObject({
      message: 'the first line of a.csv may be a header or a record: name, country',
      next: 'Put a header above the records: name,city.',
    });
    expect(rows('Ada,London\n', texts)).toEqual([{ name: 'Ada', city: 'London' }]);
    expect(rows('city,name\nLondon,Ada\n', texts)).toEqual([{ name: 'Ada', city: 'London' }]);
  });

  it('is an error where its separators are others', () => {
    expect(error('id;at;count\na;2020-01-01;3\n')).toMatchObject({
      message: 'the columns of a.csv are separated by semicolons',
      next: 'Write it with commas (csv) or tabs (tsv).',
    });
    expect(error('id\tat\tcount\n').next).toBe('Read it with --from-format tsv.');
    expect(error('"id","at","count"\n', sample, tsvCodec).next).toBe('Read it with --from-format csv.');
  });

  it("is each file's own", () => {
    const decoder = csvCodec.decoder(contextOf(sample));
    const read = (text: string): Row[] => {
      decoder.space(text.length).set(Buffer.from(text));
      decoder.filled(text.length);
      decoder.end();
      const batch = decoder.next();
      const column = batch?.columns.get('id');
      const ids = column?.kind === 'dictionary' ? [...column.ids.subarray(0, batch?.length)] : [];
      expect(decoder.next()).toBeUndefined();
      return ids.map((id) => ({ id }));
    };
    expect(read('id,at,count\na,2020-01-01,3\nb,2020-01-01,3')).toEqual([{ id: 0 }, { id: 1 }]);
    decoder.restart?.('second');
    // The dictionary is kept.
    expect(read('count,at,id\n3,2020-01-01,b\n')).toEqual([{ id: 1 }]);
    decoder.restart?.('third');
    expect(read('')).toEqual([]);
    decoder.restart?.('fourth');
    expect(read('c,2020-01-01,3,\n')).toEqual([{ id: 2 }]);
  });
});

describe('nested records in CSV', () => {
  const nested = schemaOf([
    { name: 'id', type: 'string' },
    {
      name: 'stat',
      type: [
        'null',
        {
          type: 'record',
          name: 'stat',
          fields: [
            { name: 'user', type: 'long' },
            { name: 'label', type: 'string', default: 'none' },
            {
              name: 'inner',
              type: {
                type: 'record',
                name: 'inner',
                fields: [{ name: 'idle', type: ['null', 'double'], default: null }],
              },
            },
          ],
        },
      ],
      default: null,
    },
    { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
  ]);
  const stat = { user: 5, label: 'x', inner: { idle: 0.5 } };

  it('are cells of JSON', () => {
    const text =
      'id,stat,tags\na,"{""user"": 5, ""label"": ""x"",\n ""inner"": {""idle"": 0.5}}","[""p"", ""q""]"\nb,,[]\n';
    expect(rows(text, nested)).toEqual([
      { id: 'a', stat, tags: ['p', 'q'] },
      { id: 'b', stat: null, tags: [] },
    ]);
  });

  it('are put together from columns with dotted names', () => {
    const text = 'stat.inner.idle,id,stat.user,stat.label\n0.5,a,5,x\n,b,,\n,c,7,y\n';
    expect(rows(text, nested)).toEqual([
      { id: 'a', stat, tags: [] },
      { id: 'b', stat: null, tags: [] },
      { id: 'c', stat: { user: 7, label: 'y', inner: { idle: null } }, tags: [] },
    ]);
  });

  it('are refused where only some of their fields are there', () => {
    const { rejects } = decodeAll(
      csvCodec,
      contextOf(nested),
      Buffer.from('id,stat.user,stat.label,stat.inner.idle\na,,x,\n'),
    );
    expect(rejects.map(({ reason }) => reason)).toEqual(['field stat.user is empty, but other fields of stat are not']);
  });

  it('give single fields too, however they are written', () => {
    const context = contextOf(nested, { paths: ['stat.user', 'stat.inner', 'id'] });
    const dotted = decodeAll(
      csvCodec,
      context,
      Buffer.from('id,stat.user,stat.label,stat.inner.idle\na,5,x,0.5\nb,,,\n'),
    );
    const json = decodeAll(
      csvCodec,
      context,
      Buffer.from('id,stat\na,"{""user"":5,""label"":""x"",""inner"":{""idle"":0.5}}"\nb,\n'),
    );
    expect(dotted.rows).toEqual([
      { 'stat.user': 5, 'stat.inner': { idle: 0.5 }, id: 'a' },
      { 'stat.user': null, 'stat.inner': null, id: 'b' },
    ]);
    expect(json.rows).toEqual(dotted.rows);
  });

  it('need the fields that must be there', () => {
    expect(error('id,stat.label,stat.inner.idle\n', nested).message).toContain('has no column stat.user');
    expect(error('id,stat,stat.user\n', nested).message).toContain('stand for field stat');
  });

  it('say what is wrong in their JSON', () => {
    const { rejects } = decodeAll(
      csvCodec,
      contextOf(nested),
      Buffer.from('id,stat\na,{\nb,"{""user"": ""x""}"\nc,"[1]"\nd,"{""user"":1,""inner"":{}} x"\n'),
    );
    expect(rejects.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('field stat: not JSON'),
      'field stat.user must be a long, not "x"',
      'field stat must be a record, not [1]',
      expect.stringContaining('something follows the value'),
    ]);
  });
});
