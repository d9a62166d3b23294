import { emitOf, guardOf, noteArrival } from '../../cli/emit-of.js';
import { endsOf } from '../../cli/ends-of.js';
import { duration } from '../../cli/flag-types.js';
import { deadLetterFlags, emitFlags, generalFlags, inputFlags, metricsFlag, outputFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { planWindow, positiveDuration, windowFlags } from '../../cli/window-plan.js';
import { WindowOperator } from '../../operators/window/window-operator.js';
import { chooseSchema } from '../../pipeline/choose-schema.js';
import { groupedOperator } from '../../pipeline/parted-operator.js';

export default class AggregateWindow extends FreshetCommand {
  static override summary = 'counts, sums and averages over windows of event time';
  static override description =
    'Windows of --size follow one another, or begin every --slide and overlap. A row has the fields of --by, window_start, window_end, what --select computes, and records: how many are in it. Windows shorter than a day are aligned to the epoch, windows of whole days to the days of --timezone.';
  static override examples = [
    "<%= config.bin %> aggregate window --schema sensor --size 60s --slide 10s --by node_name --select 'avg(temperature), count() as n' < readings.ndjson",
  ];
  static override flags = {
    size: duration({ required: true, description: 'how long a window is', helpGroup: 'WHAT' }),
    slide: duration({
      description: "from one window's begin to the next one's [default: the size]",
      helpGroup: 'WHAT',
    }),
    ...windowFlags,
    ...inputFlags,
    ...emitFlags,
    ...outputFlags,
    ...deadLetterFlags,
    ...metricsFlag,
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(AggregateWindow);
    const ends = endsOf(flags);
    const size = positiveDuration(flags.size, 'size');
    const slide = flags.slide === undefined ? undefined : positiveDuration(flags.slide, 'slide');
    await run(
      ends,
      ({ inputs, finite }) => {
        const schema = chooseSchema(flags, inputs);
        noteArrival(schema, reporter.warn);
        const plan = planWindow(schema, flags, true);
        const emit = emitOf(flags, finite);
        const options = { schema, ...plan, size, slide, zone: ends.zone, ...emit, maxState: flags['max-state'] };
        const operator = groupedOperator(
          inputs,
          schema,
          options,
          (input) => new WindowOperator({ ...options, ...input, now: Date.now }),
        );
        return {
          schema,
          operator,
          guard: guardOf(schema, flags),
          plan: [plan.by, plan.select, size, slide, emit.emit],
        };
      },
      reporter,
      this.stop,
    );
  }
}
