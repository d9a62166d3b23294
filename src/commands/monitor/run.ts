import * as Args from '@oclif/core/args';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';

export default class MonitorRun extends FreshetCommand {
  static override summary = 'several monitors, as a file has them';
  static override description =
    'The file names inputs and the monitors over them, with the flags of monitor ratio, missing and anomaly as settings. Rows go where `to` says; without it breaches are told alone. Nothing runs where the file has mistakes.';
  static override examples = ['<%= config.bin %> monitor run monitors.yaml'];
  static override args = { file: Args.string({ required: true, description: 'the file of monitors' }) };
  static override flags = generalFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { args } = await this.parse(MonitorRun);
    const { openMonitorFile } = await import('../../cli/monitor-file/open-monitor-file.js');
    const { runMonitors } = await import('../../cli/monitor-file/run-monitors.js');
    await runMonitors(args.file, await openMonitorFile(args.file, reporter), reporter, this.stop);
  }
}
