import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuUsage } from '../../src/operators/cpu-usage.js';
import { loadSchema } from '../../src/pipeline/schema-files.js';
import { ServiceError, UsageError } from '../../src/records/errors.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { Row } from '../../src/records/value.js';

const cpu = loadSchema('cpu');
const usage = loadSchema('cpu_usage');

type Counters = Partial<Record<string, number | string>>;

const zero = { user: 0, nice: 0, system: 0, idle: 0 };

function sample(timestamp: number, all: Counters, cpus: Counters[] = [], more: Row = {}): Row {
  const { machine_id = 'm', ...stat } = more;
  const each = cpus.map((counters): Row => ({ ...zero, ...counters }) as Row);
  return { machine_id, timestamp, stat: { cpu_all: { ...zero, ...all } as Row, cpus: each, ...stat } };
}

function process(operator: CpuUsage, samples: readonly Row[]): { rows: Row[]; refused: unknown } {
  const { rows, refused } = operator.process(batchFromRows(cpu, samples, { paths: operator.reads }));
  if (rows === undefined) throw new Error('no rows');
  return { rows: [...rowsOf(rows)], refused };
}

const usagesOf = (...samples: Row[]): unknown[] => {
  const { rows } = process(new CpuUsage(cpu, usage), samples);
  return rows.map((row) => [row.cpu, row.ts, row.cpu_usage]);
};

describe('CpuUsage', () => {
  it('gives the busy share between two samples, over all cpus and for each', () => {
    const { rows } = process(new CpuUsage(cpu, usage), [
      sample(1000, { user: 100, idle: 900 }, [
        { id: 'cpu0', user: 100, idle: 400 },
        { id: 'cpu1', idle: 500 },
      ]),
      sample(2000, { user: 150, idle: 1050 }, [
        { id: 'cpu0', user: 150, idle: 450 },
        { id: 'cpu1', idle: 600 },
      ]),
    ]);
    expect(rows).toEqual([
      { machine_id: 'm', ts: 2000, cpu: 'all', cpu_usage: 0.25 },
      { machine_id: 'm', ts: 2000, cpu: 'cpu0', cpu_usage: 0.5 },
      { machine_id: 'm', ts: 2000, cpu: 'cpu1', cpu_usage: 0 },
    ]);
  });

  it('counts a wait for a disk as idle, and what was stolen, interrupts and low priority as busy', () => {
    const each = { user: 1, nice: 1, system: 1, idle: 1, iowait: 1, irq: 1, softirq: 1, steal: 1 };
    expect(usagesOf(sample(1, {}), sample(2, each))).toEqual([['all', 2, 0.75]]);
  });

  it('does not count virtual machines twice: guest is part of user, guest_nice of nice', () => {
    const busy = { user: 50, guest: 50, nice: 20, guest_nice: 20, idle: 30 };
    expect(usagesOf(sample(1, {}), sample(2, busy))).toEqual([['all', 2, 0.7]]);
  });

  it('goes on from sample to sample, also between batches', () => {
    const operator = new CpuUsage(cpu, usage);
    expect(process(operator, [sample(1, { idle: 10 })]).rows).toEqual([]);
    expect(process(operator, [sample(2, { idle: 20 })]).rows[0]?.cpu_usage).toBe(0);
    expect(process(operator, [sample(3, { idle: 20, user: 10 })]).rows[0]?.cpu_usage).toBe(1);
    expect(operator.figures()).toEqual({ states: 1, watermark: 3 });
    expect([...operator.flush()]).toEqual([]);
  });

  it('keeps machines apart', () => {
    const { rows } = process(new CpuUsage(cpu, usage), [
      sample(1, { idle: 0 }, [], { machine_id: 'a' }),
      sample(1, { idle: 500 }, [], { machine_id: 'b' }),
      sample(2, { idle: 10 }, [], { machine_id: 'a' }),
      sample(2, { idle: 500, user: 10 }, [], { machine_id: 'b' }),
    ]);
    expect(rows.map((row) => [row.machine_id, row.cpu_usage])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  it('gives nothing for the first sample after a reboot, told by another btime or by a total that went back', () => {
    const booted = { btime: '2026-11-21T03:00:00Z' };
    const again = { btime: '2026-11-21T04:00:00Z' };
    expect(usagesOf(sample(1, { idle: 10 }, [], booted), sample(2, { idle: 20 }, [], again))).toEqual([]);
    expect(usagesOf(sample(1, { idle: 1000 }), sample(2, { user: 5 }), sample(3, { user: 10, idle: 5 }))).toEqual([
      ['all', 3, 0.5],
    ]);
  });

  it('gives nothing for a cpu that was offline, until it has two samples in a row', () => {
    const on = (timestamp: number, ticks: number): Row =>
      sample(timestamp, { idle: ticks }, [
        { id: 'cpu0', user: ticks },
        { id: 'cpu1', user: ticks },
      ]);
    const off = sample(2, { idle: 20 }, [{ id: 'cpu0', user: 20 }]);
    const cpus = usagesOf(on(1, 10), off, on(3, 30), on(4, 40)).map((row) => (row as unknown[]).slice(0, 2));
    expect(cpus).toEqual([
      ['all', 2],
      ['cpu0', 2],
      ['all', 3],
      ['cpu0', 3],
      ['all', 4],
      ['cpu0', 4],
      ['cpu1', 4],
    ]);
  });

  it('numbers cpus that have no name', () => {
    const both = (ticks: number): Counters[] => [{ idle: ticks }, { user: ticks }];
    expect(usagesOf(sample(1, {}, both(1)), sample(2, { idle: 1 }, both(2)))).toEqual([
      ['all', 2, 0],
      ['cpu0', 2, 0],
      ['cpu1', 2, 1],
    ]);
  });

  it('gives nothing where no tick has passed', () => {
    expect(usagesOf(sample(1, { idle: 10 }), sample(2, { idle: 10 }), sample(3, { idle: 20 }))).toEqual([
      ['all', 3, 0],
    ]);
  });

  it('refuses a sample that is older than the last of its machine, as late', () => {
    const { rows, refused } = process(new CpuUsage(cpu, usage), [
      sample(1000, { idle: 10 }),
      sample(3000, { idle: 20 }),
      sample(2000, { idle: 15 }),
      sample(4000, { idle: 20, user: 10 }),
    ]);
    expect(rows.map(({ ts, cpu_usage }) => [ts, cpu_usage])).toEqual([
      [3000, 0],
      [4000, 1],
    ]);
    expect(refused).toEqual([{ row: 2, late: true, reason: 'a sample of m older than its last one' }]);
  });

  it('passes over a sample that comes twice, and refuses another at the same time', () => {
    const { rows, refused } = process(new CpuUsage(cpu, usage), [
      sample(1, { idle: 10 }),
      sample(1, { idle: 10 }),
      sample(1, { idle: 11 }),
    ]);
    expect(rows).toEqual([]);
    expect(refused).toEqual([
      { row: 2, late: false, reason: 'a sample of m at the same time as its last one, with other counters' },
    ]);
  });

  it('stays within 0 and 1 though iowait may go back', () => {
    expect(usagesOf(sample(1, { iowait: 50 }), sample(2, { iowait: 40, user: 30 }))).toEqual([['all', 2, 1]]);
    expect(usagesOf(sample(1, { user: 50 }), sample(2, { user: 40, idle: 30 }))).toEqual([['all', 2, 0]]);
    const counter = fc.integer({ min: 0, max: 1000 });
    const counters = fc.record({ user: counter, system: counter, idle: counter, iowait: counter, steal: counter });
    fc.assert(
      fc.property(fc.array(counters, { maxLength: 20 }), (all) => {
        for (const row of usagesOf(...all.map((one, at) => sample(at, one)))) {
          const share = (row as number[])[2];
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('reads ProcessInfo as well', () => {
    const info = loadSchema('process_info');
    const operator = new CpuUsage(info, usage);
    const batch = batchFromRows(info, [sample(1, {}), sample(2, { user: 1, idle: 3 })], { paths: operator.reads });
    const { rows } = operator.process(batch);
    expect(rows && [...rowsOf(rows)]).toEqual([{ machine_id: 'm', ts: 2, cpu: 'all', cpu_usage: 0.25 }]);
  });

  it('stops where more cpus would have to be kept than its bound says', () => {
    const operator = new CpuUsage(cpu, usage, { maxState: 3 });
    process(operator, [sample(1, {}, [{ id: 'cpu0' }, { id: 'cpu1' }])]);
    process(operator, [sample(2, {}, [{ id: 'cpu0' }, { id: 'cpu1' }])]);
    expect(() => process(operator, [sample(1, {}, [], { machine_id: 'other' })])).toThrow(ServiceError);
  });

  it('refuses records without cpu counters', () => {
    expect(() => new CpuUsage(loadSchema('yt'), usage)).toThrow(UsageError);
    expect(() => new CpuUsage({ ...cpu, key: [] }, usage)).toThrow('names no machine as its key');
  });
});
