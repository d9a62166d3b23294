import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ndjsonCodec } from '../../../../src/codecs/ndjson/ndjson-codec.js';
import { PROC_RECORDS, PROC_SCHEMAS, ProcSource } from '../../../../src/endpoints/produce/proc/proc-source.js';
import { CpuUsage } from '../../../../src/operators/cpu-usage.js';
import { loadSchema } from '../../../../src/pipeline/schema-files.js';
import { UsageError } from '../../../../src/records/errors.js';
import { fitRecord } from '../../../../src/records/fit-value.js';
import { rowsOf } from '../../../../src/records/rows.js';
import type { Row } from '../../../../src/records/value.js';
import { ManualClock } from '../manual-clock.js';

const onLinux = describe.skipIf(!existsSync('/proc/stat'));
const cpu = loadSchema('cpu');

describe('ProcSource', () => {
  it('says so where there is no /proc', () => {
    expect(() => new ProcSource('cpu', cpu, { proc: '/nowhere' })).toThrow(UsageError);
  });
});

onLinux('ProcSource on this machine', () => {
  it.each(PROC_RECORDS)('gives %s samples that fit their schema', (record) => {
    const schema = loadSchema(PROC_SCHEMAS[record]);
    const source = new ProcSource(record, schema, { count: 1, machine: 'here', wallClock: () => 1511136000000 });
    const batch = source.take();
    if (typeof batch === 'string') throw new Error(batch);
    const [row = {}] = rowsOf(batch);
    expect(fitRecord(schema.fields, row).problem).toBeUndefined();
    expect(row).toMatchObject({ machine_id: 'here', timestamp: 1511136000000 });
    const line: Row = JSON.parse(Buffer.from(ndjsonCodec.encoder({ schema }).encode(batch)).toString());
    expect(line).toEqual(row);
    expect(batch.origin?.ordinal(0)).toBe(1);
    expect(source.take()).toBe('end');
  });

  it('sees this process and the machine that it runs on', () => {
    const take = (record: 'process' | 'machine'): Row => {
      const batch = new ProcSource(record, loadSchema(PROC_SCHEMAS[record])).take();
      if (typeof batch === 'string') throw new Error(batch);
      return [...rowsOf(batch)][0] ?? {};
    };
    expect(take('process').procs).toContainEqual(expect.objectContaining({ proc_id: process.pid }));
    expect(take('machine')).toMatchObject({ mem_info: { mem_total: expect.any(Number) } });
  });

  it('takes the first sample at once and then one each interval; a reader that stalled misses some', () => {
    const clock = new ManualClock();
    const source = new ProcSource('cpu', cpu, { interval: 100, clock });
    expect(source.finite).toBe(false);
    const batches = clock.batches(source);
    const next = (): number => (batches.next().value as [number, unknown])[0];
    expect([next(), next(), next()]).toEqual([0, 100, 200]);
    clock.advance(1050);
    expect([next(), next()]).toEqual([1250, 1300]);
  });

  it('ends when it is stopped, also while it waits', async () => {
    const source = new ProcSource('cpu', cpu, { interval: 3_600_000 });
    source.take();
    expect(source.take()).toBe('wait');
    const ready = source.ready();
    source.stop();
    await ready;
    expect(source.take()).toBe('end');
    await source.close();
  });

  it('feeds transform cpu', () => {
    const clock = new ManualClock();
    const usage = new CpuUsage(cpu, loadSchema('cpu_usage'));
    const source = new ProcSource('cpu', cpu, { paths: usage.reads, clock, wallClock: () => clock.now() });
    const rows: Row[] = [];
    for (const [, batch] of clock.batches(source)) {
      rows.push(...rowsOf(usage.process(batch).rows ?? batch));
      // The clock of the test goes on by itself, the counters only with ticks of 10 ms.
      if (rows.some((row) => row.cpu === 'all')) break;
    }
    for (const { cpu_usage } of rows) {
      expect(cpu_usage).toBeGreaterThanOrEqual(0);
      expect(cpu_usage).toBeLessThanOrEqual(1);
    }
  });
});
