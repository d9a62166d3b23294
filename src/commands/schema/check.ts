import * as Args from '@oclif/core/args';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { writeOut } from '../../cli/write-out.js';
import { readJson } from '../../pipeline/schema-files.js';
import { checkSchema } from '../../records/check-schema.js';
import { DataError } from '../../records/errors.js';

export default class SchemaCheck extends FreshetCommand {
  static override summary = 'tell what is wrong with a schema file';
  static override description =
    'Checks that it is Avro, and that its annotation names fields that exist. Status 3 if not.';
  static override examples = ['<%= config.bin %> schema check flight.avsc'];
  static override args = { file: Args.string({ ignoreStdin: true, description: 'an .avsc file', required: true }) };
  static override flags = { ...generalFlags };

  protected async work(_reporter: Reporter): Promise<void> {
    const { args } = await this.parse(SchemaCheck);
    const problems = checkSchema(readJson(args.file));
    if (problems.length > 0) {
      const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
      throw new DataError(`${args.file} has ${count}:\n${problems.map((one) => `  ${one}`).join('\n')}`);
    }
    await writeOut(`${args.file} is a valid schema\n`);
  }
}
