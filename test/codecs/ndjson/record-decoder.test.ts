import { describe, expect, it } from 'vitest';
import { NdjsonRecordDecoder } from '../../../src/codecs/ndjson/record-decoder.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { rowsOf } from '../../../src/records/rows.js';
import { UTC } from '../../../src/records/time/zone.js';

const PADDING = 64;
const schema = parseSchema({ type: 'record', name: 'r', fields: [{ name: 'n', type: 'long' }] }, 'r');

describe('records of JSON that stand one behind the other', () => {
  it('are read back with blanks in front of them and behind them', () => {
    const records = ['{"n":1}\r', '  {"n":2} \t', '\r{"n":3}'];
    const text = records.join('');
    const buffer = new Uint8Array(text.length + PADDING);
    buffer.set(Buffer.from(text));
    const ends = Int32Array.from(records, (_, index) => records.slice(0, index + 1).join('').length);
    const starts = Int32Array.from(ends, (end, index) => end - (records[index]?.length ?? 0));
    const batch = new NdjsonRecordDecoder({ schema, zone: UTC }).decode(buffer, starts, ends, records.length);
    expect([...rowsOf(batch)]).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });
});
