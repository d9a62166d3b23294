import type { Command } from '@oclif/core';
import { PeriodGuard } from '../operators/period-guard.js';
import { chooseSchema } from '../pipeline/choose-schema.js';
import { deriveRollup } from '../records/derive.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import type { Period } from '../records/time/calendar.js';
import { endsOf } from './ends-of.js';
import { FreshetCommand } from './freshet-command.js';
import type { Reporter } from './reporter.js';
import { run } from './run.js';
import { STORE, storeFlags } from './store-flags.js';

/** The command `store hourly|daily|weekly|monthly|yearly`, which differ in their period alone. */
export function storeCommand(period: Period): Command.Class {
  return class extends FreshetCommand {
    static override summary = `keep ${period} rows, never going back to an older one`;
    static override description =
      `Takes the rows of \`aggregate ${period}\` and upserts them by key and period: a row changes only for a newer one. Rows may come in any order, again, and from several writers at once.`;
    static override examples = [`freshet aggregate ${period} --from yt.ndjson | <%= config.bin %> store ${period}`];
    static override flags = storeFlags;

    protected async work(reporter: Reporter): Promise<void> {
      const { flags } = await this.parse({ flags: storeFlags });
      await run(
        endsOf(flags, STORE),
        ({ inputs }) => {
          const schema = rowsSchema(chooseSchema(flags, inputs), period);
          return { schema, guard: PeriodGuard.of(schema) };
        },
        reporter,
        this.stop,
      );
    }
  };
}

/** The type of the rows: derived from the raw records', or brought along by the input. */
function rowsSchema(schema: RecordSchema, period: Period): RecordSchema {
  if (schema.derived === undefined) return deriveRollup(schema, period);
  if (schema.derived.period === period) return schema;
  throw new UsageError(
    `the input holds ${schema.name} rows, not ${period} ones`,
    `Aggregate them first: freshet aggregate ${period}.`,
  );
}
