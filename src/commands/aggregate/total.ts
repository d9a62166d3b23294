import { emitOf } from '../../cli/emit-of.js';
import { endsOf } from '../../cli/ends-of.js';
import { deadLetterFlags, emitFlags, generalFlags, inputFlags, metricsFlag, outputFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { planWindow, windowFlags } from '../../cli/window-plan.js';
import { WindowOperator } from '../../operators/window/window-operator.js';
import { chooseSchema } from '../../pipeline/choose-schema.js';
import { groupedOperator } from '../../pipeline/parted-operator.js';

export default class AggregateTotal extends FreshetCommand {
  static override summary = 'counts, sums and averages over all records';
  static override description =
    'A row for each group: the fields of --by, what --select computes, and records: how many are in it.';
  static override examples = [
    "<%= config.bin %> aggregate total --schema event --by event_type --select 'count()' < events.ndjson",
  ];
  static override flags = {
    ...windowFlags,
    ...inputFlags,
    emit: emitFlags.emit,
    every: emitFlags.every,
    'max-state': emitFlags['max-state'],
    drain: emitFlags.drain,
    ...outputFlags,
    ...deadLetterFlags,
    ...metricsFlag,
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(AggregateTotal);
    const ends = endsOf(flags);
    await run(
      ends,
      ({ inputs, finite }) => {
        const schema = chooseSchema(flags, inputs);
        const plan = planWindow(schema, flags, false);
        const emit = emitOf(flags, finite);
        const options = { schema, ...plan, zone: ends.zone, ...emit, maxState: flags['max-state'] };
        const operator = groupedOperator(
          inputs,
          schema,
          options,
          (input) => new WindowOperator({ ...options, ...input, now: Date.now }),
        );
        return { schema, operator, plan: [plan.by, plan.select, emit.emit] };
      },
      reporter,
      this.stop,
    );
  }
}
