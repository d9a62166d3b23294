import * as Args from '@oclif/core/args';
import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';

export default class MonitorCheck extends FreshetCommand {
  static override summary = 'what is wrong with a file of monitors';
  static override description =
    'Tells all mistakes with line and column, and ends with status 2 if there are any. No input is opened.';
  static override examples = ['<%= config.bin %> monitor check monitors.yaml'];
  static override args = { file: Args.string({ required: true, description: 'the file of monitors' }) };
  static override flags = generalFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { args } = await this.parse(MonitorCheck);
    const { openMonitorFile } = await import('../../cli/monitor-file/open-monitor-file.js');
    const monitors = await openMonitorFile(args.file, reporter);
    reporter.say(`${args.file}: ${monitors.length === 1 ? 'a monitor' : `${monitors.length} monitors`}, nothing wrong`);
  }
}
