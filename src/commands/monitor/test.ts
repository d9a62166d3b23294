import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';

export default class MonitorTest extends FreshetCommand {
  static override summary = 'which alerts a file of monitors gives for records that were kept';
  static override description =
    'Replays records through the monitors and writes the breaches as JSON lines. Nothing is acted on, and the status is 0 with and without them.';
  static override examples = [
    '<%= config.bin %> monitor test monitors.yaml --input outcomes=yesterday.ndjson --input readings=readings.avro',
  ];
  static override args = { file: Args.string({ required: true, description: 'the file of monitors' }) };
  static override flags = {
    input: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      required: true,
      helpValue: 'NAME=URI',
      description: 'records in place of an input; where there is one input, its name may be left away',
    }),
    ...generalFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { args, flags } = await this.parse(MonitorTest);
    const { openMonitorFile } = await import('../../cli/monitor-file/open-monitor-file.js');
    const { testMonitors } = await import('../../cli/monitor-file/test-monitors.js');
    await testMonitors(await openMonitorFile(args.file, reporter), flags.input, reporter, this.stop);
  }
}
