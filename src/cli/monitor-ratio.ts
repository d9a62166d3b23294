import { groupFields, parseFieldList } from '../expressions/field-list.js';
import { compileFilter } from '../expressions/filter.js';
import { deriveMonitor } from '../operators/monitors/monitor-schema.js';
import { RatioOperator } from '../operators/monitors/ratio-operator.js';
import { chooseSchema } from '../pipeline/choose-schema.js';
import { groupedOperator } from '../pipeline/parted-operator.js';
import { RatioReport } from '../pipeline/ratio-report.js';
import { UsageError } from '../records/errors.js';
import { emitOf, guardOf, noteArrival } from './emit-of.js';
import type { Monitor, MonitorFlags } from './monitor-run.js';
import { positiveDuration } from './window-plan.js';

interface RatioFlags extends MonitorFlags {
  readonly bad: string;
  readonly max: number;
  readonly size: number;
  readonly slide?: number;
  readonly 'min-samples': number;
  readonly breaches: number;
  readonly 'report-file'?: string;
}

/** `monitor ratio` as its flags have it. @throws UsageError */
export function ratioMonitor(flags: RatioFlags, warn: (sentence: string) => void): Monitor {
  const { max, breaches, 'min-samples': minSamples, 'report-file': report, name = 'ratio' } = flags;
  if (!(max >= 0 && max <= 1)) throw new UsageError(`--max ${max}: a share from 0 to 1 is needed`);
  const size = positiveDuration(flags.size, 'size');
  const slide = flags.slide === undefined ? undefined : positiveDuration(flags.slide, 'slide');
  return {
    kind: 'ratio',
    name,
    flags,
    plan: async ({ inputs, finite }, { zone, idleClose, topics }) => {
      const schema = chooseSchema(flags, inputs, 'outcome');
      if (finite) noteArrival(schema, warn);
      const by = flags.by === undefined ? [] : parseFieldList(flags.by, schema);
      const output = deriveMonitor(schema, 'ratio', groupFields(schema, by));
      const allowedLateness = flags['allowed-lateness'];
      const options = { schema, by, size, slide, zone, allowedLateness, max, minSamples, breaches, output };
      const make = (input: { partitions: number; kept: boolean }): RatioOperator =>
        new RatioOperator({
          ...options,
          ...input,
          bad: compileFilter(flags.bad, schema, zone),
          monitor: name,
          maxState: flags['max-state'],
          ...(finite || topics.untilEnd || idleClose === undefined ? {} : { behindClock: idleClose }),
          now: Date.now,
        });
      const closing = { ...emitOf({ ...flags, emit: 'close' }, finite), by };
      const operator = groupedOperator(inputs, schema, closing, make);
      const plan = ['ratio', name, by, flags.bad, size, slide, allowedLateness, max, minSamples, breaches];
      return { schema, operator, guard: guardOf(schema, flags), plan };
    },
    ...(report === undefined
      ? {}
      : { report: { path: report, sinkOf: (file, { output }) => new RatioReport(file, output) } }),
  };
}
