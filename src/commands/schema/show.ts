import * as Args from '@oclif/core/args';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { brokersFlag, registryFlag } from '../../cli/topic-flags.js';
import { writeOut } from '../../cli/write-out.js';
import { openInputs } from '../../pipeline/open-inputs.js';
import { openRegistry } from '../../pipeline/open-registry.js';
import { loadSchema } from '../../pipeline/schema-files.js';
import { UsageError } from '../../records/errors.js';
import { jsonLines } from '../../records/json-text.js';
import type { RecordSchema } from '../../records/schema.js';
import { schemaJson } from '../../records/schema-json.js';

export default class SchemaShow extends FreshetCommand {
  static override summary = 'a schema as Avro JSON, with its annotation';
  static override description =
    'Names are those of `freshet schema list` and what is derived from them (yt_daily); a path is an .avsc file, or an Avro file or a table whose schema is shown; of kafka:TOPIC it is the one that the schema registry has.';
  static override examples = ['<%= config.bin %> schema show yt_daily', '<%= config.bin %> schema show daily.avro'];
  static override args = {
    schema: Args.string({ ignoreStdin: true, description: 'a name, a file or a URI', required: true }),
  };
  static override flags = { ...brokersFlag, ...registryFlag, ...generalFlags };

  /** A signal ends it at once: there is nothing to finish. */
  protected override catchSignals(): void {}

  protected async work(): Promise<void> {
    const { args, flags } = await this.parse(SchemaShow);
    const schema = await this.#find(args.schema, flags);
    await writeOut(`${jsonLines(schemaJson(schema))}\n`);
  }

  async #find(word: string, { brokers, registry }: { brokers?: string; registry?: string }): Promise<RecordSchema> {
    if (!/\.avro$|:/.test(word)) return loadSchema(word);
    const show = (): void => {};
    const topics = {
      ...(brokers === undefined ? {} : { brokers }),
      ...(registry === undefined || registry === '' ? {} : { registry: openRegistry(registry, show) }),
    };
    const [input] = await openInputs([word], undefined, { untilEnd: true, reset: false, show, ...topics });
    const schema = input?.schema ?? input?.table;
    if (schema === undefined) throw new UsageError(`${word} carries no schema`);
    return schema;
  }
}
