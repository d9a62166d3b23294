import * as Args from '@oclif/core/args';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { registryOf, subjectFlags, subjectOfFlags } from '../../cli/registry-flags.js';
import type { Reporter } from '../../cli/reporter.js';
import { writeOut } from '../../cli/write-out.js';
import { checkWithSubject } from '../../endpoints/registry/subjects.js';
import { readJson } from '../../pipeline/schema-files.js';
import { checkSchema } from '../../records/check-schema.js';
import { DataError } from '../../records/errors.js';

export default class SchemaCheck extends FreshetCommand {
  static override summary = 'tell what is wrong with a schema file';
  static override description =
    'Checks that it is Avro, that its annotation names fields that exist, and with --topic or --subject that the schema registry would take it. Status 3 if not.';
  static override examples = [
    '<%= config.bin %> schema check flight.avsc',
    '<%= config.bin %> schema check flight.avsc --topic flights',
  ];
  static override args = { file: Args.string({ ignoreStdin: true, description: 'an .avsc file', required: true }) };
  static override flags = { ...subjectFlags, ...generalFlags };

  protected async work(reporter: Reporter): Promise<void> {
    const { args, flags } = await this.parse(SchemaCheck);
    const json = readJson(args.file);
    this.#refuse(args.file, checkSchema(json));
    const subject = subjectOfFlags(flags);
    if (subject !== undefined) {
      const { client } = registryOf(flags.registry, reporter);
      this.#refuse(args.file, await checkWithSubject(client, subject, json));
    }
    const fits = subject === undefined ? '' : `, and subject ${subject} takes it`;
    await writeOut(`${args.file} is a valid schema${fits}\n`);
  }

  #refuse(file: string, problems: readonly string[]): void {
    if (problems.length === 0) return;
    const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
    throw new DataError(`${file} has ${count}:\n${problems.map((one) => `  ${one}`).join('\n')}`);
  }
}
