import * as Args from '@oclif/core/args';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { writeOut } from '../../cli/write-out.js';
import { openInputs } from '../../pipeline/open-inputs.js';
import { loadSchema } from '../../pipeline/schema-files.js';
import { UsageError } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import { schemaJson } from '../../records/schema-json.js';

export default class SchemaShow extends FreshetCommand {
  static override summary = 'a schema as Avro JSON, with its annotation';
  static override description =
    'Names are those of `freshet schema list` and what is derived from them (yt_daily); a path is an .avsc file, or an Avro file or a table whose schema is shown.';
  static override examples = ['<%= config.bin %> schema show yt_daily', '<%= config.bin %> schema show daily.avro'];
  static override args = {
    schema: Args.string({ ignoreStdin: true, description: 'a name, a file or a URI', required: true }),
  };
  static override flags = { ...generalFlags };

  protected async work(): Promise<void> {
    const { args } = await this.parse(SchemaShow);
    const schema = await this.#find(args.schema);
    await writeOut(`${JSON.stringify(schemaJson(schema), undefined, 2)}\n`);
  }

  async #find(word: string): Promise<RecordSchema> {
    if (!/\.avro$|:/.test(word)) return loadSchema(word);
    const [input] = await openInputs([word], undefined, { untilEnd: true, reset: false, show: () => {} });
    const schema = input?.schema ?? input?.table;
    if (schema === undefined) throw new UsageError(`${word} carries no schema`);
    return schema;
  }
}
