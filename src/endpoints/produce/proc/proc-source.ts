import type { Batch, Origin } from '../../../records/batch.js';
import { UsageError } from '../../../records/errors.js';
import { batchFromRows } from '../../../records/row-batch.js';
import type { RecordSchema } from '../../../records/schema.js';
import type { Row } from '../../../records/value.js';
import type { BatchSource } from '../../endpoint.js';
import { type Clock, Pause, SYSTEM_CLOCK } from '../pause.js';
import { positive, wholeNumber } from '../wanted-number.js';
import { readControlGroups } from './control-groups.js';
import { machineId, readMemory, readProcessors } from './machine.js';
import { readStat } from './proc-stat.js';
import { readProcesses } from './processes.js';

/** What a sample is: the built-in types cpu, process_info (ProcessInfo) and machine_info (MachineInfo). */
export const PROC_RECORDS = ['cpu', 'process', 'machine'] as const;
export type ProcRecord = (typeof PROC_RECORDS)[number];

/** The schema of a kind of sample, by its file's name. */
export const PROC_SCHEMAS: Readonly<Record<ProcRecord, string>> = {
  cpu: 'cpu',
  process: 'process_info',
  machine: 'machine_info',
};

export interface ProcSourceOptions {
  /** Milliseconds between two samples; 1000 if not given. */
  readonly interval?: number;
  /** How many samples are taken; endless if not given. */
  readonly count?: number;
  /** Columns of the batches; the schema's top-level fields if not given. */
  readonly paths?: readonly string[];
  /** /etc/machine-id's or the host's name if not given. */
  readonly machine?: string;
  /** /proc if not given. */
  readonly proc?: string;
  /** /sys/fs/cgroup if not given. */
  readonly cgroups?: string;
  readonly clock?: Clock;
  /** Epoch milliseconds. */
  readonly wallClock?: () => number;
}

/**
 * Samples of this machine from /proc and /sys/fs/cgroup: the first at once, then one each interval. A stream has
 * samples of one type, since a stream has one schema: who wants several runs several. A reader that stalls misses
 * samples; they are not made up for.
 */
export class ProcSource implements BatchSource {
  readonly name = 'produce cpu';
  readonly finite: boolean;
  readonly #record: ProcRecord;
  readonly #schema: RecordSchema;
  readonly #interval: number;
  readonly #count: number;
  readonly #paths: readonly string[] | undefined;
  readonly #machine: string;
  readonly #proc: string;
  readonly #cgroups: string;
  readonly #clock: Clock;
  readonly #pause: Pause;
  readonly #wallClock: () => number;
  #next: number;
  #taken = 0;
  #stopped = false;

  /** @throws UsageError where there is no /proc/stat */
  constructor(record: ProcRecord, schema: RecordSchema, options: ProcSourceOptions = {}) {
    const { count, interval, proc = '/proc', clock = SYSTEM_CLOCK } = options;
    this.#record = record;
    this.#schema = schema;
    this.#interval = positive('interval', interval ?? 1000);
    this.#count = count === undefined ? Infinity : wholeNumber('count', count, 0, Number.MAX_SAFE_INTEGER);
    this.finite = count !== undefined;
    this.#paths = options.paths;
    this.#machine = options.machine ?? machineId();
    this.#proc = proc;
    this.#cgroups = options.cgroups ?? '/sys/fs/cgroup';
    this.#clock = clock;
    this.#pause = new Pause(clock);
    this.#wallClock = options.wallClock ?? Date.now;
    this.#next = clock.now();
    this.#stat();
  }

  ready(): Promise<void> | undefined {
    const millis = this.#next - this.#clock.now();
    if (this.#stopped || this.#taken === this.#count || millis <= 0) return undefined;
    return this.#pause.for(millis);
  }

  take(): Batch | 'wait' | 'end' {
    if (this.#stopped || this.#taken === this.#count) return 'end';
    const now = this.#clock.now();
    if (now < this.#next) return 'wait';
    this.#next += (Math.floor((now - this.#next) / this.#interval) + 1) * this.#interval;
    const number = ++this.#taken;
    const origin: Origin = { source: this.name, partition: 0, unit: 'record', ordinal: () => number };
    const paths = this.#paths;
    return batchFromRows(this.#schema, [this.#sample()], { origin, ...(paths === undefined ? {} : { paths }) });
  }

  stop(): void {
    this.#stopped = true;
    this.#pause.end();
  }

  async close(): Promise<void> {
    this.stop();
  }

  #sample(): Row {
    const head = { machine_id: this.#machine, timestamp: this.#wallClock(), stat: this.#stat() };
    switch (this.#record) {
      case 'cpu':
        return head;
      case 'process':
        return { ...head, procs: readProcesses(this.#proc), cgroups: readControlGroups(this.#cgroups) };
      case 'machine':
        return { ...head, cpu_info: { processors: readProcessors(this.#proc) }, mem_info: readMemory(this.#proc) };
    }
  }

  #stat(): Row {
    const stat = readStat(this.#proc);
    if (stat !== undefined) return stat;
    throw new UsageError(
      `${this.#proc}/stat can't be read, or has no line of cpu counters`,
      'Run it on Linux with /proc mounted.',
    );
  }
}
