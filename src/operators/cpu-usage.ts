import { type Batch, columnOf, selectedCount } from '../records/batch.js';
import type { Column } from '../records/columns.js';
import { ServiceError, UsageError } from '../records/errors.js';
import { isRow } from '../records/fit-value.js';
import { batchFromRows } from '../records/row-batch.js';
import { valueAt } from '../records/rows.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';
import { SAMPLES, type Sample, samplesBatch, samplesOf, type Ticks } from './cpu-samples.js';
import type { Change, OperatorFigures, Processed, Progress, Refused, Restorable } from './operator.js';
import { finite } from './watermarks.js';

const COUNTERS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const ALL = 'stat.cpu_all';
const EACH = 'stat.cpus';
const BOOT = 'stat.btime';

/**
 * Cpu counters to usage: a row for all cpus together and one for each, for every two consecutive samples of a
 * machine, at the time of the later one. The busy share is 1 − Δidle / Δtotal, 0 to 1.
 *
 * Idle is idle and iowait, since nothing runs on a cpu that waits for a disk. Total is user, nice, system, idle,
 * iowait, irq, softirq and steal: guest and guest_nice are left out, because the kernel has counted them in user and
 * nice already (kernel/sched/cputime.c, account_guest_time()). What was stolen is busy. iowait may go back (proc_stat(5)),
 * so a share is held within 0 and 1.
 *
 * The first sample of a machine or of a cpu gives no row, nor does the first after a reboot (another btime, or a total
 * that went back), nor one without a tick since the last. A sample older than its machine's last is late. The same
 * sample once more is passed over. State is the last sample of each machine.
 */
export class CpuUsage implements Restorable {
  readonly reads: readonly string[];
  readonly readsRecords = false;
  readonly #machinePath: string;
  readonly #timePath: string;
  readonly #maxState: number;
  readonly state = SAMPLES;
  readonly #last = new Map<string, Sample>();
  /** Machines whose last sample is another one than when changes() was asked for; absent where nobody asks. */
  readonly #changed: Set<string> | undefined;
  #states = 0;
  #watermark: number | undefined;

  /**
   * @param input `cpu`, `process_info`, or another type with a key, a time and their `stat`
   * @param output the type `cpu_usage`
   * @param maxState cpus of all machines whose counters are kept at most
   * @throws UsageError for another input
   */
  constructor(
    input: RecordSchema,
    readonly output: RecordSchema,
    { maxState = 1_000_000, kept = false }: { readonly maxState?: number; readonly kept?: boolean } = {},
  ) {
    this.#changed = kept ? new Set() : undefined;
    const [machine] = input.key;
    const counters = COUNTERS.map((name) => `${ALL}.${name}`);
    const missing = [...counters, EACH].find((path) => fieldAt(input, path) === undefined);
    if (missing !== undefined || machine === undefined || input.time === undefined) {
      const what = missing === undefined ? 'names no machine as its key, or no time' : `has no ${missing}`;
      throw new UsageError(
        `schema ${input.name} ${what}, so there is no cpu usage to compute`,
        'Give --schema cpu or --schema process_info.',
      );
    }
    this.#machinePath = machine;
    this.#timePath = input.time.path;
    this.#maxState = maxState;
    const boot = fieldAt(input, BOOT) === undefined ? [] : [BOOT];
    this.reads = [machine, input.time.path, ...counters, EACH, ...boot];
  }

  process(batch: Batch): Processed {
    const machines = columnOf(batch, this.#machinePath);
    const times = columnOf(batch, this.#timePath);
    if (times.kind !== 'time') throw new Error(`${this.#timePath} is not a column of times`);
    const all = COUNTERS.map((name) => columnOf(batch, `${ALL}.${name}`));
    const each = columnOf(batch, EACH);
    const boots = this.reads.includes(BOOT) ? columnOf(batch, BOOT) : undefined;
    const refused: Refused[] = [];
    const usages: Row[] = [];
    const count = selectedCount(batch);
    for (let at = 0; at < count; at++) {
      const row = batch.selection?.[at] ?? at;
      const machine = String(valueAt(machines, row));
      const cpus = new Map([['all', ticks(all.map((column) => Number(valueAt(column, row))))]]);
      for (const [index, cpu] of list(valueAt(each, row)).entries()) cpus.set(...cpuTicks(cpu, index));
      const sample = { millis: times.millis[row], boot: bootOf(boots, row), cpus };
      const refusal = this.#take(machine, sample, usages);
      if (refusal !== undefined) refused.push({ row, ...refusal });
    }
    const rows = batchFromRows(this.output, usages);
    return refused.length === 0 ? { rows } : { rows, refused };
  }

  *flush(): Iterable<Batch> {}

  *changes(): Generator<Change> {
    const changed = [...(this.#changed ?? [])];
    this.#changed?.clear();
    if (changed.length === 0) return;
    const samples = changed.flatMap((machine): [string, Sample][] => {
      const sample = this.#last.get(machine);
      return sample === undefined ? [] : [[machine, sample]];
    });
    yield { rows: samplesBatch(samples), as: 'state' };
  }

  restore(rows: Batch): void {
    for (const [machine, sample] of samplesOf(rows)) this.#keep(machine, sample, this.#last.get(machine));
    this.#changed?.clear();
  }

  get progress(): Progress {
    return { watermarks: [finite(this.#watermark)], closed: null, window: null };
  }

  /** A sample is late by its machine's last one. */
  resume(): void {}

  figures(): OperatorFigures {
    return { states: this.#states, ...(this.#watermark === undefined ? {} : { watermark: this.#watermark }) };
  }

  /** Takes a machine's next sample and adds the usages since its last; says why where it is refused. */
  #take(machine: string, sample: Sample, usages: Row[]): Omit<Refused, 'row'> | undefined {
    const last = this.#last.get(machine);
    if (last !== undefined && sample.millis <= last.millis) {
      if (sample.millis < last.millis) return { late: true, reason: `a sample of ${machine} older than its last one` };
      if (sameTicks(sample, last)) return undefined;
      return { late: false, reason: `a sample of ${machine} at the same time as its last one, with other counters` };
    }
    this.#keep(machine, sample, last);
    this.#changed?.add(machine);
    if (last === undefined || isReboot(last, sample)) return undefined;
    for (const [cpu, now] of sample.cpus) {
      const before = last.cpus.get(cpu);
      const total = before === undefined ? 0 : now.total - before.total;
      if (before === undefined || total <= 0) continue;
      const busy = Math.min(Math.max(total - (now.idle - before.idle), 0), total);
      usages.push({ machine_id: machine, ts: Math.floor(sample.millis), cpu, cpu_usage: busy / total });
    }
    return undefined;
  }

  #keep(machine: string, sample: Sample, last: Sample | undefined): void {
    this.#states += sample.cpus.size - (last?.cpus.size ?? 0);
    if (this.#states > this.#maxState) {
      throw new ServiceError(
        `the last samples of more than ${this.#maxState} cpus would have to be kept, with those of machine ${machine}`,
        'Split the machines among several streams.',
      );
    }
    this.#last.set(machine, sample);
    if (this.#watermark === undefined || sample.millis > this.#watermark) this.#watermark = sample.millis;
  }
}

function ticks([user, nice, system, idle, iowait, irq, softirq, steal]: readonly number[]): Ticks {
  return { idle: idle + iowait, total: user + nice + system + idle + iowait + irq + softirq + steal };
}

/** A cpu's name and counters; cpus without a name are numbered. */
function cpuTicks(cpu: Value, index: number): [string, Ticks] {
  const counters = isRow(cpu) ? cpu : {};
  const name = typeof counters.id === 'string' && counters.id !== '' ? counters.id : `cpu${index}`;
  return [name, ticks(COUNTERS.map((counter) => Number(counters[counter] ?? 0)))];
}

function list(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function sameTicks(one: Sample, other: Sample): boolean {
  const here = one.cpus.get('all');
  const there = other.cpus.get('all');
  return here?.idle === there?.idle && here?.total === there?.total;
}

function isReboot(last: Sample, sample: Sample): boolean {
  if (last.boot !== null && sample.boot !== null && last.boot !== sample.boot) return true;
  return (sample.cpus.get('all')?.total ?? 0) < (last.cpus.get('all')?.total ?? 0);
}

function bootOf(column: Column | undefined, row: number): string | null {
  const boot = column === undefined ? null : valueAt(column, row);
  return boot === null ? null : String(boot);
}
