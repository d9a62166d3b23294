import * as Flags from '@oclif/core/flags';
import { UsageError } from '../records/errors.js';
import { count, duration } from './flag-types.js';
import { deadLetterFlags, emitFlags, generalFlags, inputFlags, metricsFlag, outputFlags } from './flags.js';

const MINUTE_MS = 60_000;

/** A flag that takes a number, such as -3.5. */
const number = Flags.custom<number>({
  helpValue: 'NUMBER',
  parse: async (text, _context, { name }) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    throw new UsageError(`--${name} ${text}: a number is needed`);
  },
});

/** Flags about what follows a breach. */
const actionFlags = {
  kill: Flags.boolean({
    description:
      'stop what --target names; without a --target the pipeline that the monitor stands in, at the first breach',
    helpGroup: 'ACTIONS',
  }),
  target: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'job:NAME|pid:N|URL#NAME',
    description: 'what --kill stops: a job, a process, or a job of an orchestrator (http://HOST:PORT#NAME)',
    helpGroup: 'ACTIONS',
  }),
  grace: duration({
    default: 10_000,
    defaultHelp: async () => '10s',
    description: 'how long a target has after SIGTERM before SIGKILL',
    helpGroup: 'ACTIONS',
  }),
  exec: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'COMMAND',
    description: 'run this with the alert as JSON on its standard input',
    helpGroup: 'ACTIONS',
  }),
  webhook: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'URL',
    description: 'post the alert as JSON there',
    helpGroup: 'ACTIONS',
  }),
  cooldown: duration({
    default: MINUTE_MS,
    defaultHelp: async () => '1m',
    description: 'how long nothing follows after an action',
    helpGroup: 'ACTIONS',
  }),
  'act-within': duration({
    default: 5 * MINUTE_MS,
    defaultHelp: async () => '5m',
    description: 'act on breaches whose window ended less than this long ago: a replay acts on none',
    helpGroup: 'ACTIONS',
  }),
  'dry-run': Flags.boolean({ description: 'say what would be done, and do nothing', helpGroup: 'ACTIONS' }),
};

/** Flags that every monitor has. */
const monitorFlags = {
  by: Flags.string({
    helpValue: 'FIELD,…',
    description: "the fields to group by [default: of missing and anomaly the records' key; of ratio none]",
    helpGroup: 'WHAT',
  }),
  name: Flags.string({
    helpValue: 'NAME',
    description: 'what the monitor is called in its rows and alerts [default: ratio, missing or anomaly]',
    helpGroup: 'WHAT',
  }),
  pass: Flags.boolean({
    description: 'let the records through to standard output as they came; rows go to --to alone',
    helpGroup: 'OUTPUT',
  }),
  ...actionFlags,
  ...inputFlags,
  'allowed-lateness': duration({
    default: 0,
    defaultHelp: async () => '0s',
    description: 'how late a record may be: so much later windows are final',
    helpGroup: 'TIME',
  }),
  'idle-close': duration({
    description:
      "close open windows when nothing arrives for this long; of a live topic also where one partition is quiet, if --by has the records' key",
    helpGroup: 'TIME',
  }),
  'max-future': duration({
    default: 86_400_000,
    defaultHelp: async () => '1d',
    description: 'times further ahead of the clock are dead letters',
    helpGroup: 'TIME',
  }),
  'max-state': emitFlags['max-state'],
  every: duration({
    default: 1000,
    defaultHelp: async () => '1s',
    description: 'how often rows are written and the clock is looked at',
    helpGroup: 'TIME',
  }),
  drain: emitFlags.drain,
  ...outputFlags,
  ...deadLetterFlags,
  ...metricsFlag,
  ...generalFlags,
};

/** Flags of `monitor ratio`. */
export const ratioFlags = {
  bad: Flags.string({
    default: 'outcome = 0',
    helpValue: 'EXPR',
    description: 'which records are bad',
    helpGroup: 'WHAT',
  }),
  max: number({
    default: 0.3,
    description: 'a greater share of bad records is a breach',
    helpGroup: 'WHAT',
  }),
  size: duration({
    default: 30_000,
    defaultHelp: async () => '30s',
    description: 'how long a window is',
    helpGroup: 'WHAT',
  }),
  slide: duration({ description: "from one window's begin to the next one's [default: the size]", helpGroup: 'WHAT' }),
  'min-samples': count({
    min: 1,
    default: 1,
    description: 'a window of fewer records says nothing',
    helpGroup: 'WHAT',
  }),
  breaches: count({
    min: 1,
    default: 1,
    description: 'so many windows in a row over --max are a breach',
    helpGroup: 'WHAT',
  }),
  'report-file': Flags.string({
    helpValue: 'FILE',
    description: "each window's ratio as a line: Ratio(unsuccess/total) = 0.25",
    helpGroup: 'OUTPUT',
  }),
  ...monitorFlags,
  schema: Flags.string({
    helpValue: 'NAME|FILE',
    description:
      'the Avro schema of the raw records: one of `freshet schema list`, or an .avsc file [default: outcome, or what an Avro input brings along]',
    helpGroup: 'INPUT',
  }),
};

/** Flags of `monitor missing`. */
export const missingFlags = {
  silence: duration({
    required: true,
    description: 'a group without a record for longer than this is missing',
    helpGroup: 'WHAT',
  }),
  expect: Flags.string({
    helpValue: 'KEY,…|@FILE',
    description:
      'groups that are to come: one that never does is missing; of @FILE one a line, its fields between tabs',
    helpGroup: 'WHAT',
  }),
  ...monitorFlags,
};

/** Flags of `monitor anomaly`. */
export const anomalyFlags = {
  field: Flags.string({
    required: true,
    helpValue: 'FIELD',
    description: 'the field that is watched',
    helpGroup: 'WHAT',
  }),
  low: number({ description: 'a lesser value is a breach', helpGroup: 'WHAT' }),
  high: number({ description: 'a greater value is a breach', helpGroup: 'WHAT' }),
  'z-score': number({
    description:
      'a value further than this from the median of the last ones is a breach, in robust deviations (0.6745 / MAD) [default: 3.5, if nothing else is asked for]',
    helpGroup: 'WHAT',
  }),
  history: count({
    min: 3,
    max: 100_000,
    default: 100,
    description: 'how many last values of a group the z-score is taken over, 100,000 at most',
    helpGroup: 'WHAT',
  }),
  'max-change': Flags.string({
    helpValue: 'NUMBER/DURATION',
    description: 'a faster change from one value to the next is a breach, such as 5/1m',
    helpGroup: 'WHAT',
  }),
  'warm-up': count({
    description: 'so many first values of a group raise nothing [default: 10 with a z-score, else 0]',
    helpGroup: 'WHAT',
  }),
  ...monitorFlags,
};
