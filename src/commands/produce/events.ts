import * as Flags from '@oclif/core/flags';
import { endsOf } from '../../cli/ends-of.js';
import { duration, listen, size } from '../../cli/flag-types.js';
import { deadLetterFlags, generalFlags, inputFlags, metricsFlag, outputFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { chooseSchema } from '../../pipeline/choose-schema.js';

export default class ProduceEvents extends FreshetCommand {
  static override summary = 'events that are posted over HTTP';
  static override description =
    'POST /api/events takes one JSON object, an array of them, or one on each line (application/x-ndjson), and answers 202 when they are where they go to: acknowledged by Kafka, committed in the store. All of a body is taken, or nothing: 400 says what is wrong with which event. /openapi.json has the rest, /healthz says whether events would be taken now. Only this machine reaches it unless --listen says otherwise. The same as an input of any command: --from http-listen:HOST:PORT.';
  static override examples = [
    '<%= config.bin %> produce events --listen 127.0.0.1:5000 --to kafka:events',
    `curl -d '{"event_type":"user_click","timestamp":123456789809,"params":{"key":"value"}}' localhost:5000/api/events`,
  ];
  static override flags = {
    listen: listen({
      default: '127.0.0.1:5000',
      description: 'where requests are taken; 0.0.0.0:PORT: from other machines, too',
      helpGroup: 'HTTP',
    }),
    'max-body': size({
      default: 2 ** 20,
      defaultHelp: async () => '1MB',
      description: 'larger bodies are answered 413',
      helpGroup: 'HTTP',
    }),
    'max-queue': size({
      default: 2 ** 26,
      defaultHelp: async () => '64MB',
      description: 'while so much waits to be written, more is answered 429',
      helpGroup: 'HTTP',
    }),
    'max-wait': duration({
      default: 30_000,
      defaultHelp: async () => '30s',
      description: 'what is not safe after so long is answered 503',
      helpGroup: 'HTTP',
    }),
    schema: Flags.string({
      default: 'event',
      helpValue: 'NAME|FILE',
      description: 'the Avro schema of the events: one of `freshet schema list`, or an .avsc file',
      helpGroup: 'INPUT',
    }),
    timezone: inputFlags.timezone,
    where: inputFlags.where,
    ...outputFlags,
    ...deadLetterFlags,
    ...metricsFlag,
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(ProduceEvents);
    const { listen: address, 'max-body': maxBody, 'max-queue': maxQueue, 'max-wait': maxWait } = flags;
    const from = `http-listen:${address}?max-body=${maxBody}&max-queue=${maxQueue}&max-wait=${maxWait}ms`;
    const ends = { ...endsOf(flags), from: [from] };
    await run(ends, ({ inputs }) => ({ schema: chooseSchema(flags, inputs) }), reporter, this.stop);
  }
}
