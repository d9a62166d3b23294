import { describe, expect, it } from 'vitest';
import { type BreakableFormat, breakableFormat } from '../../../src/endpoints/produce/broken-records.js';
import { cellFaults } from '../../../src/endpoints/produce/cell-faults.js';
import { faultyFields } from '../../../src/endpoints/produce/fault.js';
import { jsonFaults } from '../../../src/endpoints/produce/json-faults.js';
import { Random } from '../../../src/endpoints/produce/random.js';
import { SimulatedSource } from '../../../src/endpoints/produce/simulated-source.js';
import { loadSchema } from '../../../src/pipeline/schema-files.js';
import { UsageError } from '../../../src/records/errors.js';
import { bytesOf, decoded, linesOf, STORIES } from './produced.js';

const random = Random.for(1, 'test');
const harvest = { yt_channel_id: 'new_york_times', harvest_ts: '2017-08-02T02:00:00', subs: 1947 };

function brokenLines(format: BreakableFormat): Record<string, string> {
  const fields = faultyFields(loadSchema('yt'));
  const faults = format === 'ndjson' ? jsonFaults(fields) : cellFaults(fields, format === 'csv' ? ',' : '\t');
  return Object.fromEntries(
    faults
      .filter(({ reason }) => !/cut|number a text/.test(reason))
      .map(({ reason, make }) => [reason, printable(make(harvest, random))]),
  );
}

/** Bytes as ASCII: control characters and what is beyond ASCII as \xNN. */
function printable(bytes: Uint8Array): string {
  const shown = (byte: number): string =>
    byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  return [...bytes].map(shown).join('');
}

describe('broken records', () => {
  it('are broken in every way that JSON and a schema can be', () => {
    expect(brokenLines('ndjson')).toMatchInlineSnapshot(`
      {
        "NaN": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":NaN}",
        "a NUL byte": "{\\x00"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":1947}",
        "a comma too many": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":1947,}",
        "a control character": "{"yt_channel_id":"broken \\x01","harvest_ts":"2017-08-02T02:00:00","subs":1947}",
        "a date that does not exist": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-02-30T02:00:00","subs":1947}",
        "a fraction": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":1.5}",
        "a leading plus": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":+7}",
        "a leading zero": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":007}",
        "a lone surrogate": "{"yt_channel_id":"broken \\ud800","harvest_ts":"2017-08-02T02:00:00","subs":1947}",
        "a missing field": "{"harvest_ts":"2017-08-02T02:00:00","subs":1947}",
        "a number for a text": "{"yt_channel_id":42,"harvest_ts":"2017-08-02T02:00:00","subs":1947}",
        "an unknown escape": "{"yt_channel_id":"broken \\x41","harvest_ts":"2017-08-02T02:00:00","subs":1947}",
        "beyond a double": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":1e400}",
        "beyond a long": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":9223372036854775808}",
        "invalid UTF-8": "{"yt_channel_id":"\\xffnew_york_times","harvest_ts":"2017-08-02T02:00:00","subs":1947}",
        "not JSON": "ERROR: connection reset by peer",
        "not an object": ""{\\"yt_channel_id\\":\\"new_york_times\\",\\"harvest_ts\\":\\"2017-08-02T02:00:00\\",\\"subs\\":1947}"",
        "null for a value": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":null}",
        "single quotes": "{'yt_channel_id':'new_york_times','harvest_ts':'2017-08-02T02:00:00','subs':1947}",
        "text for a number": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":"many"}",
        "two records in one line": "{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":1947}{"yt_channel_id":"new_york_times","harvest_ts":"2017-08-02T02:00:00","subs":1947}",
      }
    `);
  });

  it('are lines of wrong cells in CSV and TSV', () => {
    expect(brokenLines('csv')).toMatchInlineSnapshot(`
      {
        "a date that does not exist": "new_york_times,2017-02-30T02:00:00,1947",
        "a fraction": "new_york_times,2017-08-02T02:00:00,1.5",
        "an empty cell for a number": "new_york_times,2017-08-02T02:00:00,",
        "beyond a double": "new_york_times,2017-08-02T02:00:00,1e400",
        "beyond a long": "new_york_times,2017-08-02T02:00:00,9223372036854775808",
        "invalid UTF-8": "\\xffnew_york_times,2017-08-02T02:00:00,1947",
        "text for a number": "new_york_times,2017-08-02T02:00:00,many",
        "too few cells": "new_york_times",
        "too many cells": "new_york_times,2017-08-02T02:00:00,1947,1",
      }
    `);
  });

  it.each(Object.entries(STORIES))('are all refused by the decoder, and the others of %s are not', (_, story) => {
    const sound = decoded(story(), bytesOf(story(), { count: 3000 }));
    expect(sound.rejects).toEqual([]);
    expect(sound.rows).toHaveLength(3000);
    const { rows, rejects } = decoded(story(), bytesOf(story(), { count: 3000, broken: 0.3 }));
    expect(rejects.length).toBeGreaterThan(800);
    expect(rejects.length).toBeLessThan(1000);
    expect(rows.length + rejects.length).toBe(3000);
    const kept = new Set(sound.rows.map((row) => JSON.stringify(row)));
    for (const row of rows) expect(kept.has(JSON.stringify(row))).toBe(true);
  });

  it('are of all kinds', () => {
    const source = new SimulatedSource('produce yt', STORIES.yt(), { count: 2000, broken: 0.5 });
    const batch = source.take();
    if (typeof batch === 'string') throw new Error(batch);
    const kinds = jsonFaults(faultyFields(loadSchema('yt'))).map(({ reason }) => reason);
    expect(new Set(batch.rejects?.map(({ reason }) => reason))).toEqual(new Set(kinds));
  });

  it("stand where the records would be, and are the batch's rejects", () => {
    const source = new SimulatedSource('produce yt', STORIES.yt(), { count: 100, broken: 0.2 });
    const batch = source.take();
    if (typeof batch === 'string') throw new Error(batch);
    const { rejects = [], selection = [] } = batch;
    expect(rejects.length).toBeGreaterThan(5);
    expect(rejects.length + selection.length).toBe(100);
    const lines = linesOf(STORIES.yt(), { count: 100, broken: 0.2 });
    const sound = linesOf(STORIES.yt(), { count: 100 });
    for (const { raw, ordinal } of rejects) expect(lines[ordinal - 1]).toBe(Buffer.from(raw).toString('utf8'));
    for (const row of selection) expect(lines[row]).toBe(sound[row]);
  });

  it('leave the first record of a stream as it is', () => {
    const bytes = bytesOf(STORIES.yt(), { count: 50, broken: 1 });
    const end = bytes.indexOf('\n') + 1;
    expect(bytes.toString('utf8', 0, end)).toBe(`${linesOf(STORIES.yt(), { count: 1 })[0]}\n`);
    const others = decoded(STORIES.yt(), bytes.subarray(end));
    expect(others.rows).toEqual([]);
    expect(others.rejects).toHaveLength(49);
  });

  it('are not for formats that one of them would end', () => {
    expect(breakableFormat('csv')).toBe('csv');
    expect(() => breakableFormat('avro')).toThrow(UsageError);
  });
});
