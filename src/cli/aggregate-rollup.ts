import type { Command } from '@oclif/core';
import { RollupOperator } from '../operators/rollup/rollup-operator.js';
import { chooseSchema, rawSchema } from '../pipeline/choose-schema.js';
import { partedOperator } from '../pipeline/parted-operator.js';
import { calendarOf, PERIOD_FIELDS, type Period } from '../records/time/calendar.js';
import { emitOf, guardOf, noteArrival } from './emit-of.js';
import { endsOf } from './ends-of.js';
import {
  deadLetterFlags,
  emitFlags,
  generalFlags,
  inputFlags,
  metricsFlag,
  outputFlags,
  threadsFlag,
} from './flags.js';
import { FreshetCommand } from './freshet-command.js';
import type { Reporter } from './reporter.js';
import { run } from './run.js';

const flags = {
  ...inputFlags,
  ...threadsFlag,
  ...emitFlags,
  ...outputFlags,
  ...deadLetterFlags,
  ...metricsFlag,
  ...generalFlags,
};

/** The command `aggregate hourly|daily|weekly|monthly|yearly`, which differ in their period alone. */
export function rollupCommand(period: Period, unit: string, example: string): Command.Class {
  return class extends FreshetCommand {
    static override summary = `the newest record of each key and ${unit}`;
    static override description =
      `Keeps, for each key and ${unit}, the record with the greatest event time, whatever order records come in: the record's own fields and ${PERIOD_FIELDS[period]}. At equal times the record wins that is greater by its remaining fields.`;
    static override examples = [example];
    static override flags = flags;

    protected async work(reporter: Reporter): Promise<void> {
      const { flags: given } = await this.parse({ flags });
      const ends = endsOf(given);
      await run(
        ends,
        async ({ inputs, finite, readersFor }) => {
          const schema = await rawSchema(chooseSchema(given, inputs), inputs, period);
          noteArrival(schema, reporter.warn);
          const readers = readersFor(schema);
          const emit = emitOf(given, finite);
          const options = { schema, calendar: calendarOf(period, ends.zone), ...emit, access: readers, now: Date.now };
          const operator = partedOperator(inputs, emit, true, (input) => new RollupOperator({ ...options, ...input }));
          const work = { schema, operator, readers, guard: guardOf(schema, given), plan: [emit.emit] };
          // What is late, or final before the end, depends on the order of records.
          const shares = emit.emit === 'close' && emit.allowedLateness === undefined && emit.idleClose === undefined;
          return shares ? { ...work, sharing: { period, threads: given.threads } } : work;
        },
        reporter,
        this.stop,
      );
    }
  };
}
