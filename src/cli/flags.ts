import * as Flags from '@oclif/core/flags';
import { UsageError } from '../records/errors.js';
import { parseTimeText } from '../records/time/parse-time.js';
import { count, duration, format, list, listen, zone } from './flag-types.js';
import { topicFlags, topicOutputFlags } from './topic-flags.js';

/** Flags that every command has. */
export const generalFlags = {
  'log-format': Flags.option({
    options: ['text', 'json'] as const,
    default: 'text' as const,
    description: 'what goes to standard error: sentences, or JSON lines with a summary at the end',
    helpGroup: 'GENERAL',
  })(),
  debug: Flags.boolean({ description: 'show the stack trace of an error', helpGroup: 'GENERAL' }),
};

/** Flags of commands that may run for long. */
export const metricsFlag = {
  metrics: listen({
    description: "serve the run's figures to Prometheus, at /metrics; 0.0.0.0:PORT: to other machines, too",
    helpGroup: 'GENERAL',
  }),
};

/** Flags of commands that read records. */
export const inputFlags = {
  ...topicFlags,
  from: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'URI',
    description:
      "where records come from: - (standard input), a path, a pattern such as 'logs/*.ndjson.gz', kafka:TOPIC[?key=TEXT|header=NAME:TEXT], http-listen:HOST:PORT, tcp-listen:[HOST:]PORT[?once], tcp:HOST:PORT[?wait=DURATION], sqlite:FILE#TABLE, mysql://USER@HOST/DATABASE#TABLE, cassandra://HOST/KEYSPACE#TABLE; several are one stream",
    helpGroup: 'INPUT',
  }),
  'from-format': format({
    description: "the input's format; else its name's ending tells, else its first bytes",
    helpGroup: 'INPUT',
  }),
  schema: Flags.string({
    helpValue: 'NAME|FILE',
    description:
      'the Avro schema of the raw records: one of `freshet schema list`, or an .avsc file [default: yt, or what an Avro input brings along]',
    helpGroup: 'INPUT',
  }),
  key: list({
    description: "the fields that say what a record is about, in place of the schema's",
    helpGroup: 'INPUT',
  }),
  time: Flags.string({
    helpValue: 'FIELD',
    description: "the field that is the event time, in place of the schema's",
    helpGroup: 'INPUT',
  }),
  timezone: zone({
    default: 'UTC',
    description: 'the zone of calendar days and of times without an offset',
    helpGroup: 'INPUT',
  }),
  where: Flags.string({
    helpValue: 'EXPR',
    description: 'only records for which this holds, such as "subs > 1000 and yt_channel_id like \'new%\'"',
    helpGroup: 'INPUT',
  }),
};

/** How many threads read a file: each has memory of its own. */
export const threadsFlag = {
  threads: count({
    min: 1,
    max: 64,
    default: 1,
    description:
      'how many threads read a large file of JSON lines (144 MB or more, not compressed): sooner, for more CPU time and memory',
    helpGroup: 'INPUT',
  }),
};

/** Flags about input that does not fit. */
export const deadLetterFlags = {
  dead: Flags.string({
    helpValue: 'FILE|kafka:TOPIC|STORE',
    description:
      'keep what does not fit, and late records, as JSON lines {reason, source, line, raw}, as records of a topic, or as rows of a table (sqlite:FILE#TABLE, mysql:…, cassandra:…)',
    helpGroup: 'DEAD LETTERS',
  }),
  'max-dead': count({
    description: 'more dead letters than this end with status 3 [default: no limit]',
    helpGroup: 'DEAD LETTERS',
  }),
  strict: Flags.boolean({
    description: 'stop at the first record that does not fit, with status 3',
    helpGroup: 'DEAD LETTERS',
  }),
};

/** Flags of commands that write records. */
export const outputFlags = {
  ...topicOutputFlags,
  to: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'URI',
    description:
      'where rows go: - (standard output), a path, kafka:TOPIC[?format=FORMAT&compression=NAME&header=NAME:TEXT], tcp:HOST:PORT[?wait=DURATION], tcp-listen:[HOST:]PORT[?min-clients=N&max-wait=DURATION], sqlite:FILE#TABLE, mysql://USER@HOST/DATABASE#TABLE, cassandra://HOST/KEYSPACE#TABLE; several all get every row',
    helpGroup: 'OUTPUT',
  }),
  format: format({
    description: "the output's format; else its name's ending tells, else ndjson",
    helpGroup: 'OUTPUT',
  }),
  compression: Flags.option({
    options: ['null', 'deflate', 'snappy'] as const,
    description: 'compression of Avro blocks [default: null]',
    helpGroup: 'OUTPUT',
  })(),
  append: Flags.boolean({ description: 'add to files where they are otherwise emptied', helpGroup: 'OUTPUT' }),
  create: Flags.boolean({
    allowNo: true,
    default: true,
    description: "make a store's table where it is missing, in a file and on a server alike",
    helpGroup: 'OUTPUT',
  }),
};

/** Flags about when rows are written. */
export const emitFlags = {
  emit: Flags.option({
    options: ['update', 'close'] as const,
    description:
      'update: rows that changed, again and again; close: each row once, when it is final [default: close if every input is a file, else update]',
    helpGroup: 'TIME',
  })(),
  every: duration({
    default: 1000,
    defaultHelp: async () => '1s',
    description: 'how often rows are written; 0: after every batch that arrives',
    helpGroup: 'TIME',
  }),
  'allowed-lateness': duration({
    description: 'how long after its end a window still takes records; later ones are late [default: without end]',
    helpGroup: 'TIME',
  }),
  'idle-close': duration({ description: 'close open windows when nothing arrives for this long', helpGroup: 'TIME' }),
  'max-future': duration({
    default: 86_400_000,
    defaultHelp: async () => '1d',
    description: 'with --allowed-lateness: times further ahead of the clock are dead letters',
    helpGroup: 'TIME',
  }),
  'max-state': count({
    min: 1,
    default: 20_000_000,
    description: 'how many rows of state are kept at most',
    helpGroup: 'TIME',
  }),
  drain: duration({
    default: 10_000,
    defaultHelp: async () => '10s',
    description: 'how long a pipe is read on after the first ctrl-C or SIGTERM',
    helpGroup: 'TIME',
  }),
};

/** A flag that takes a share, 0 to 1. */
export const share = Flags.custom<number>({
  helpValue: '0..1',
  parse: async (text, _context, { name }) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 1) return value;
    throw new UsageError(`--${name} ${text}: a share from 0 to 1 is needed`);
  },
});

/** A flag that takes a day or a time, as wall-clock milliseconds. */
const start = Flags.custom<number>({
  helpValue: 'DAY|TIME',
  parse: async (text, _context, { name }) => {
    const time = parseTimeText(text);
    if (time !== undefined) return time.millis;
    throw new UsageError(
      `--${name} ${text}: a day such as 2017-08-01, or a time such as 2017-08-01T06:00:00, is needed`,
    );
  },
});

/** Flags of every simulated source. */
export const produceFlags = {
  count: count({ description: 'end after this many records [default: endless]', helpGroup: 'HOW MUCH' }),
  seed: count({ default: 1, description: 'the same seed and flags give the same records', helpGroup: 'HOW MUCH' }),
  rate: count({ min: 1, description: 'records a second [default: as fast as they are taken]', helpGroup: 'PACE' }),
  interval: duration({
    description: 'the pause between two steps of the simulation (a day of yt, a round of sensors)',
    helpGroup: 'PACE',
  }),
  disorder: share({ description: 'the share of records that come out of order', helpGroup: 'DISTURBANCE' }),
  'disorder-by': duration({ description: 'by up to so much simulated time', helpGroup: 'DISTURBANCE' }),
  late: share({ description: 'the share of records that come late', helpGroup: 'DISTURBANCE' }),
  'late-by': duration({ description: 'by more than so much simulated time', helpGroup: 'DISTURBANCE' }),
  duplicates: share({ description: 'the share of records that come twice', helpGroup: 'DISTURBANCE' }),
  broken: share({ description: 'the share of records in whose place a broken one comes', helpGroup: 'DISTURBANCE' }),
  ...outputFlags,
  ...metricsFlag,
  ...generalFlags,
};

/** Flags of simulations that tell a story in days. */
export const storyFlags = {
  days: count({ min: 1, description: 'end after so many simulated days [default: endless]', helpGroup: 'HOW MUCH' }),
  start: start({ description: 'when the story begins [default: 2017-08-01]', helpGroup: 'HOW MUCH' }),
};
