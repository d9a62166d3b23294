import * as Flags from '@oclif/core/flags';
import { endsOf } from '../../cli/ends-of.js';
import { count, duration } from '../../cli/flag-types.js';
import { generalFlags, inputFlags, metricsFlag, outputFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { runProduced } from '../../cli/run.js';
import { PROC_RECORDS, PROC_SCHEMAS, ProcSource } from '../../endpoints/produce/proc/proc-source.js';
import { loadSchema } from '../../pipeline/schema-files.js';

export default class ProduceCpu extends FreshetCommand {
  static override summary = "this machine's /proc, again and again";
  static override description =
    'Samples of one type: the cpu counters (what transform cpu reads), the processes with the counters (ProcessInfo), or what the machine is made of (MachineInfo); control groups too.';
  static override examples = ['<%= config.bin %> produce cpu --interval 1s | freshet transform cpu'];
  static override flags = {
    record: Flags.option({ options: PROC_RECORDS, default: 'cpu' as const, description: 'what a sample is' })(),
    interval: duration({ default: 1000, defaultHelp: async () => '1s', description: 'the pause between two samples' }),
    count: count({ description: 'end after this many samples [default: endless]' }),
    where: inputFlags.where,
    ...outputFlags,
    ...metricsFlag,
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(ProduceCpu);
    const { record, interval, count: samples } = flags;
    const schema = loadSchema(PROC_SCHEMAS[record]);
    const source = new ProcSource(record, schema, { interval, count: samples });
    await runProduced({ ...endsOf(flags), every: 0 }, { source, schema }, reporter, this.stop);
  }
}
