import { Args, Flags } from '@oclif/core';
import { creationOf } from '../cli/ends-of.js';
import { count } from '../cli/flag-types.js';
import { generalFlags } from '../cli/flags.js';
import { FreshetCommand } from '../cli/freshet-command.js';
import type { Reporter } from '../cli/reporter.js';
import { topicOutputFlags } from '../cli/topic-flags.js';
import { openStandardOutput } from '../cli/write-out.js';
import { loadSchema } from '../pipeline/schema-files.js';
import { tailTopics } from '../pipeline/tail/tail-topics.js';
import { topicsOfWord } from '../pipeline/uri.js';

export default class Tail extends FreshetCommand {
  static override summary = 'records of topics as they are, with their offsets';
  static override description =
    'Prints each record as topic:partition:offset key value: JSON as it stands there, MessagePack and Avro as JSON, other bytes with escapes; - is no key, and null no value. A dead letter is shown as where it came from, the reason and its original bytes.';
  static override examples = [
    '<%= config.bin %> tail report',
    "<%= config.bin %> tail 'sensors.*' --offset -5 --until-end",
    '<%= config.bin %> tail yt_dead --until-end --raw | <%= config.bin %> aggregate daily --to kafka:yt_daily',
    '<%= config.bin %> tail yt_dead --until-end --raw --to kafka:yt_raw_harvest',
  ];
  static override args = {
    topic: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'a topic, a pattern, or kafka:TOPIC; there may be several',
    }),
  };
  static override flags = {
    offset: Flags.string({
      char: 'o',
      helpValue: 'OFFSET',
      description:
        'where to begin: beginning, end, N, -N (the last N), s@TIME; and where to end: s@TIME,e@TIME [default: end; with --until-end beginning]',
    }),
    'until-end': Flags.boolean({ char: 'e', description: 'end where the topics end now' }),
    count: count({ char: 'n', min: 1, description: 'end after this many records' }),
    format: Flags.option({
      options: ['text', 'json'] as const,
      default: 'text' as const,
      description:
        'json: a line {topic, partition, offset, timestamp, key, value, headers} each; bytes that are no text are {"base64": …}',
    })(),
    raw: Flags.boolean({
      exclusive: ['format'],
      description: 'print values alone, and of dead letters the original bytes, so that they can be read again',
    }),
    schema: Flags.string({
      helpValue: 'NAME|FILE',
      description:
        'the schema of Avro values that name it by its fingerprint alone; those of `freshet schema list` and their rollups are known',
    }),
    to: Flags.string({
      exclusive: ['format', 'schema'],
      helpValue: 'kafka:TOPIC',
      description:
        'write records to a topic in place of printing them: with their keys and headers; with --raw, dead letters as the records that they were',
    }),
    ...topicOutputFlags,
    ...generalFlags,
  };
  static override strict = false;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags, argv } = await this.parse(Tail);
    const { raw, format, to, brokers, registry, schema, 'until-end': untilEnd } = flags;
    await tailTopics({
      topics: argv.flatMap((word) => topicsOfWord(String(word))),
      offset: flags.offset ?? (untilEnd ? 'beginning' : 'end'),
      untilEnd,
      count: flags.count ?? Number.POSITIVE_INFINITY,
      form: raw ? 'raw' : format,
      sink: openStandardOutput(),
      creation: creationOf(flags),
      ...(to === undefined ? {} : { to }),
      stop: this.stop,
      show: reporter.warn,
      ...(brokers === undefined ? {} : { brokers }),
      ...(registry === undefined || registry === '' ? {} : { registry }),
      ...(schema === undefined ? {} : { schema: loadSchema(schema) }),
    });
  }
}
