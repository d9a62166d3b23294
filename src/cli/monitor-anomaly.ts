import { groupFields, parseFieldList, scalarField } from '../expressions/field-list.js';
import { AnomalyOperator, type AnomalyOptions } from '../operators/monitors/anomaly-operator.js';
import { deriveMonitor } from '../operators/monitors/monitor-schema.js';
import { chooseSchema } from '../pipeline/choose-schema.js';
import { groupedOperator } from '../pipeline/parted-operator.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { parseDuration } from '../records/time/duration.js';
import { emitOf, guardOf, noteArrival } from './emit-of.js';
import type { Monitor, MonitorFlags } from './monitor-run.js';

interface AnomalyFlags extends MonitorFlags {
  readonly field: string;
  readonly low?: number;
  readonly high?: number;
  readonly 'z-score'?: number;
  readonly history: number;
  readonly 'max-change'?: string;
  readonly 'warm-up'?: number;
}

/** Above it a modified z-score is an outlier (Iglewicz and Hoaglin, 1993). */
const Z_SCORE = 3.5;
/** A median of fewer values says little. */
const WARM_UP = 10;

/** `monitor anomaly` as its flags have it. @throws UsageError */
export function anomalyMonitor(flags: AnomalyFlags, warn: (sentence: string) => void): Monitor {
  const { field, name = 'anomaly' } = flags;
  const checks = checksOf(flags);
  return {
    kind: 'anomaly',
    name,
    flags,
    plan: async ({ inputs, finite }, { zone, topics }) => {
      const schema = chooseSchema(flags, inputs);
      if (finite) noteArrival(schema, warn);
      numberField(schema, field);
      const by = flags.by === undefined ? schema.key : parseFieldList(flags.by, schema);
      const output = deriveMonitor(schema, 'anomaly', groupFields(schema, by));
      const allowedLateness = flags['allowed-lateness'];
      const live = !finite && !topics.untilEnd;
      const closing = { ...emitOf({ ...flags, emit: 'close' }, finite), by };
      const options = { schema, by, zone, allowedLateness, live, monitor: name, output, now: Date.now, field };
      const operator = groupedOperator(
        inputs,
        schema,
        closing,
        (input) => new AnomalyOperator({ ...options, ...checks, ...input }),
      );
      const plan = ['anomaly', name, by, field, checks, allowedLateness];
      return { schema, operator, guard: guardOf(schema, flags), plan };
    },
  };
}

type Checks = Pick<AnomalyOptions, 'low' | 'high' | 'zScore' | 'change' | 'warmUp'>;

function checksOf(flags: AnomalyFlags): Checks {
  const { low, high, history, 'max-change': change, 'z-score': score } = flags;
  if (low !== undefined && high !== undefined && low > high) {
    throw new UsageError(`--low ${low} is more than --high ${high}`, 'Give the lesser one as --low.');
  }
  if (score !== undefined && score <= 0) throw new UsageError(`--z-score ${score} must be more than 0`);
  const isAsked = score !== undefined || (low === undefined && high === undefined && change === undefined);
  return {
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(isAsked ? { zScore: { max: score ?? Z_SCORE, history } } : {}),
    ...(change === undefined ? {} : { change: changeOf(change) }),
    warmUp: flags['warm-up'] ?? (isAsked ? WARM_UP : 0),
  };
}

/** `5/1m`: by more than 5 within a minute. */
function changeOf(text: string): { readonly max: number; readonly per: number } {
  const [number = '', duration = '', ...others] = text.split('/');
  const max = Number(number);
  const isWritten = number.trim() !== '' && duration !== '' && others.length === 0;
  if (!isWritten || !(max >= 0) || !Number.isFinite(max)) {
    throw new UsageError(`--max-change ${text} is no number and duration`, 'For example: --max-change 5/1m.');
  }
  const per = parseDuration(duration, '--max-change');
  if (per === 0) throw new UsageError(`--max-change ${text}: the duration must be longer than 0`);
  return { max, per };
}

function numberField(schema: RecordSchema, field: string): void {
  const { kind } = scalarField(schema, field, field, 0).type;
  if (['int', 'long', 'float', 'double'].includes(kind)) return;
  throw new UsageError(`--field ${field}: a ${kind} is no number`, 'Name a field of numbers.');
}
