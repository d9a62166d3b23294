import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { endsOf } from '../cli/ends-of.js';
import { count } from '../cli/flag-types.js';
import { deadLetterFlags, generalFlags, inputFlags } from '../cli/flags.js';
import { FreshetCommand } from '../cli/freshet-command.js';
import type { Reporter } from '../cli/reporter.js';
import { run } from '../cli/run.js';
import { writeOut } from '../cli/write-out.js';
import { chooseSchema, type SchemaChoice } from '../pipeline/choose-schema.js';
import type { OpenInput } from '../pipeline/open-inputs.js';
import { headerNames, sampleRows, textSchema } from '../pipeline/sample-rows.js';
import { masked } from '../pipeline/uri.js';
import { UsageError } from '../records/errors.js';
import { inferSchema } from '../records/infer-schema.js';
import type { RecordSchema } from '../records/schema.js';
import { renderReport } from '../report/render-report.js';
import { ReportSink } from '../report/report-sink.js';

const DEFAULT_LIMIT = 100;

export default class Report extends FreshetCommand {
  static override summary = 'rows of a store, a file or a pipe as a table';
  static override description =
    'Shows each source as a table of its own. Of rows that are upserts (those of an aggregate) the newest of each key is shown.';
  static override examples = [
    '<%= config.bin %> report --once --from sqlite:freshet.db#yt_daily',
    'freshet produce yt --days 3 | freshet aggregate daily | <%= config.bin %> report --once --format markdown',
  ];
  static override args = {
    source: Args.string({ ignoreStdin: true, description: 'the same as --from', required: false }),
  };
  static override flags = {
    once: Flags.boolean({ description: 'print what there is and end' }),
    limit: count({ default: DEFAULT_LIMIT, description: 'show this many rows; 0: all' }),
    format: Flags.option({
      options: ['table', 'json', 'csv', 'markdown'] as const,
      default: 'table' as const,
      description: 'how rows are printed',
    })(),
    ...inputFlags,
    ...deadLetterFlags,
    ...generalFlags,
  };
  static override strict = false;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags, argv } = await this.parse(Report);
    if (!flags.once) {
      throw new UsageError('this version has no live view', 'Print what there is with --once.');
    }
    const words = [...argv.map((word) => sourceOf(String(word))), ...(flags.from ?? [])];
    for (const from of words.length === 0 ? ['-'] : words) {
      let sink: ReportSink | undefined;
      const limit = flags.limit === 0 ? Number.POSITIVE_INFINITY : flags.limit;
      await run(
        { ...endsOf({ ...flags, format: undefined, from: [from] }), to: [] },
        async ({ inputs }) => {
          const schema = await reportSchema(flags, inputs);
          sink = new ReportSink(schema, limit);
          return { schema, sinks: [sink] };
        },
        reporter,
        this.stop,
      );
      if (sink !== undefined) await writeOut(await renderReport(masked(from), sink, flags.format));
    }
  }
}

/** A positional word: a bare word will be a topic, so that a file there must look like a path or URI. */
function sourceOf(word: string): string {
  if (word === '-' || word.includes('/') || word.includes(':')) return word;
  throw new UsageError(`${word}: a bare word names a topic, and this version has none`, `A file is ./${word}.`);
}

/** The type of the rows to show: named, brought along, or read off the first rows. */
async function reportSchema(choice: SchemaChoice, inputs: readonly OpenInput[]): Promise<RecordSchema> {
  const [input] = inputs;
  if (choice.schema !== undefined || input === undefined) return chooseSchema(choice, inputs);
  const own = input.schema ?? input.table;
  if (own !== undefined) return own;
  const head = await input.sample?.();
  if (head === undefined || head.length === 0) return chooseSchema(choice, inputs);
  const rows = await sampleRows(input, head);
  const { format } = input;
  const fromText = format === 'csv' || format === 'tsv';
  if (rows.length === 0 && fromText) return textSchema(await headerNames(head, format));
  return inferSchema('rows', rows, { fromText });
}
