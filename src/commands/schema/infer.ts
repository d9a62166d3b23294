import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { generalFlags, inputFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { writeOut } from '../../cli/write-out.js';
import { openInputs } from '../../pipeline/open-inputs.js';
import { sampleRows } from '../../pipeline/sample-rows.js';
import { UsageError } from '../../records/errors.js';
import { inferSchema } from '../../records/infer-schema.js';
import { schemaJson } from '../../records/schema-json.js';

export default class SchemaInfer extends FreshetCommand {
  static override summary = 'a first schema from sample records';
  static override description =
    'Looks at the first records (up to 10,000) of JSON lines, CSV or TSV and writes an Avro schema with a guessed annotation: look at "freshet" in it, and edit it.';
  static override examples = [
    '<%= config.bin %> schema infer flights.csv > flight.avsc',
    '<%= config.bin %> schema infer flights.csv --key carrier --time time_hour > flight.avsc',
  ];
  static override args = {
    file: Args.string({ ignoreStdin: true, description: 'sample records; - for standard input', default: '-' }),
  };
  static override flags = {
    name: Flags.string({ description: "the type's name [default: the file's]" }),
    key: inputFlags.key,
    time: inputFlags.time,
    'from-format': inputFlags['from-format'],
    ...generalFlags,
  };

  /** A signal ends it at once: there is nothing to finish. */
  protected override catchSignals(): void {}

  protected async work(): Promise<void> {
    const { args, flags } = await this.parse(SchemaInfer);
    const [input] = await openInputs([args.file], flags['from-format'], {
      untilEnd: true,
      reset: false,
      show: () => {},
    });
    if (input?.sample === undefined) {
      throw new UsageError(`${args.file}: a schema is inferred from a file or a pipe`, 'Pipe some records into it.');
    }
    const name = flags.name ?? (args.file === '-' ? 'record' : typeNameOf(args.file));
    const schema = inferSchema(name, await sampleRows(input, await input.sample()), {
      key: flags.key,
      time: flags.time,
      fromText: input.format === 'csv' || input.format === 'tsv',
    });
    await writeOut(`${JSON.stringify(schemaJson(schema), undefined, 2)}\n`);
  }
}

/** `data/flights.csv.gz` is about the type `flights`. */
function typeNameOf(path: string): string {
  const file = path.split('/').at(-1) ?? path;
  return file.replace(/\..*$/, '') || 'record';
}
