import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { builtInSchemas, loadSchema } from '../../src/pipeline/schema-files.js';
import { deriveRollup } from '../../src/records/derive.js';
import { fitRecord } from '../../src/records/fit-value.js';
import type { Row } from '../../src/records/value.js';

const problemOf = (name: string, record: Row): string | undefined => fitRecord(loadSchema(name).fields, record).problem;

describe('the built-in schemas', () => {
  it.each(builtInSchemas())('%s is read by another implementation of Avro too', (name) => {
    const path = fileURLToPath(new URL(`../../schemas/${name}.avsc`, import.meta.url));
    const type = avsc.Type.forSchema(JSON.parse(readFileSync(path, 'utf8')), { wrapUnions: true });
    const fields = type instanceof avsc.types.RecordType ? type.fields.map((field) => field.name) : [];
    expect(fields).toEqual(loadSchema(name).fields.map((field) => field.name));
  });

  it('say what their records are about, and when they were', () => {
    const meaning = builtInSchemas().map((name) => {
      const { key, time } = loadSchema(name);
      return [name, key.join(), time === undefined ? 'arrival' : `${time.path} ${time.unit}`];
    });
    expect(meaning).toEqual([
      ['cpu', 'machine_id', 'timestamp ms'],
      ['cpu_usage', 'machine_id,cpu', 'ts ms'],
      ['dead_letter', '', 'arrival'],
      ['event', 'event_type', 'timestamp ms'],
      ['kafkamsg', 'topic,partition,offset', 'timestamp ms'],
      ['machine_info', 'machine_id', 'timestamp ms'],
      ['outcome', '', 'arrival'],
      ['pair', '', 'arrival'],
      ['process_info', 'machine_id', 'timestamp ms'],
      ['sensor', 'node_name', 'timestamp iso'],
      ['yt', 'yt_channel_id', 'harvest_ts iso'],
    ]);
  });

  it('take the records of their origins', () => {
    expect(
      problemOf('yt', { harvest_ts: '2017-08-02T02:00:00', subs: 1947, yt_channel_id: 'new_york_times' }),
    ).toBeUndefined();
    expect(problemOf('sensor', { node_name: 'node-1', temperature: 21 })).toBeUndefined();
    const click = {
      event_type: 'user_click',
      timestamp: 123456789809,
      params: { key: 'value', n: 1, x: 1.5, ok: true, no: null },
    };
    expect(problemOf('event', click)).toBeUndefined();
    expect(problemOf('event', { event_type: 'user_click', timestamp: 123456789809 })).toBeUndefined();
    expect(problemOf('pair', { a: 1, b: 2 })).toBeUndefined();
    const counters = {
      id: 'cpu',
      user: 1,
      nice: 2,
      system: 3,
      idle: 4,
      iowait: 5,
      irq: 6,
      softirq: 7,
      steal: 8,
      guest: 9,
      guest_nice: 10,
    };
    const stat = {
      cpu_all: counters,
      cpus: [{ ...counters, id: 'cpu0' }],
      intr: 1,
      ctxt: 2,
      btime: '2016-07-04T10:00:00+08:00',
    };
    const info = { machine_id: 'm', timestamp: 1467611464, procs: [], proc_io: null, stat, docker_stat: null };
    expect(problemOf('process_info', info)).toBeUndefined();
    expect(problemOf('cpu', info)).toBeUndefined();
  });

  it('keep the tables of their origin', () => {
    const yt = loadSchema('yt');
    expect(deriveRollup(yt, 'daily').derived?.table).toEqual({
      name: 'yt_daily',
      columns: { yt_channel_id: 'channel' },
    });
    expect(deriveRollup(yt, 'monthly').derived?.table).toEqual({
      name: 'yt_monthly',
      columns: { yt_channel_id: 'channel', month: 'year_and_month' },
    });
    expect(deriveRollup(yt, 'daily').fields.map(({ name }) => name)).toEqual([
      'yt_channel_id',
      'harvest_ts',
      'date',
      'subs',
    ]);
  });
});
