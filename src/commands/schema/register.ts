import * as Args from '@oclif/core/args';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { registryOf, subjectFlags, subjectOfFlags } from '../../cli/registry-flags.js';
import type { Reporter } from '../../cli/reporter.js';
import { writeOut } from '../../cli/write-out.js';
import { registerSchema } from '../../endpoints/registry/subjects.js';
import { loadSchema } from '../../pipeline/schema-files.js';
import { UsageError } from '../../records/errors.js';
import { schemaJson } from '../../records/schema-json.js';

export default class SchemaRegister extends FreshetCommand {
  static override summary = 'register a schema with the schema registry';
  static override description =
    'Prints the number that the registry gives it, which is the one that it has where it is registered already. The registry checks that it is compatible with what the subject has; if not, the status is 2. `--format avro --to kafka:TOPIC` registers by itself.';
  static override examples = [
    '<%= config.bin %> schema register yt --topic yt_raw_harvest',
    '<%= config.bin %> schema register flight.avsc --subject flights-value',
  ];
  static override args = {
    schema: Args.string({ ignoreStdin: true, description: 'a name, or an .avsc file', required: true }),
  };
  static override flags = {
    ...subjectFlags,
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { args, flags } = await this.parse(SchemaRegister);
    const subject = subjectOfFlags(flags);
    if (subject === undefined) {
      throw new UsageError('no subject is named', 'Give --topic TOPIC, or --subject NAME.');
    }
    const { client } = registryOf(flags.registry, reporter);
    const id = await registerSchema(client, subject, schemaJson(loadSchema(args.schema)));
    await writeOut(`${id}\n`);
  }
}
