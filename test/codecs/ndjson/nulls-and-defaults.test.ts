import { describe, expect, it } from 'vitest';
import { NdjsonEncoder } from '../../../src/codecs/ndjson/encoder.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { decode } from './decode.js';

function schemaOf(...fields: object[]) {
  return parseSchema({ type: 'record', name: 'r', fields: [{ name: 'k', type: 'string' }, ...fields] }, 'r');
}

/** Lines of records. */
function lines(...records: object[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

describe('a value that is missing', () => {
  it('is null where the type is a union of several with null, also behind records that have one', () => {
    const schema = schemaOf({ name: 'x', type: ['null', 'long', 'string'], default: null });
    const with_ = Array.from({ length: 9000 }, (_, n) => ({ k: `k${n}`, x: `text ${n}` }));
    const without = Array.from({ length: 9000 }, (_, n) => ({ k: `k${n}` }));
    const { rows } = decode(schema, lines(...with_, ...without, { k: 'a', x: null }, { k: 'b', x: 5 }), [100_000]);
    expect(rows.slice(9000, 18_000).every(({ x }) => x === null)).toBe(true);
    expect(rows.slice(18_000)).toEqual([
      { k: 'a', x: null },
      { k: 'b', x: 5 },
    ]);
  });

  it('is null where the type is null alone', () => {
    const schema = schemaOf({ name: 'x', type: 'null', default: null });
    expect(decode(schema, lines({ k: 'a' }, { k: 'b', x: null })).rows).toEqual([
      { k: 'a', x: null },
      { k: 'b', x: null },
    ]);
  });

  it('has a default that no double is, beside a long of that kind', () => {
    const schema = schemaOf({ name: 'x', type: 'long', default: 2 ** 62 });
    const text = '{"k":"a"}\n{"k":"b","x":9007199254740993}\n{"k":"c","x":7}\n';
    expect(decode(schema, Buffer.from(text)).rows).toEqual([
      { k: 'a', x: 2n ** 62n },
      { k: 'b', x: 9007199254740993n },
      { k: 'c', x: 7 },
    ]);
  });
});

it('writes -0 of a float as it writes that of a double', () => {
  const schema = schemaOf({ name: 'f', type: 'float' }, { name: 'd', type: 'double' });
  const written = new NdjsonEncoder({ schema }).encode(batchFromRows(schema, [{ k: 'a', f: -0, d: -0 }]));
  expect(Buffer.from(written).toString()).toBe('{"k":"a","f":-0,"d":-0}\n');
});
