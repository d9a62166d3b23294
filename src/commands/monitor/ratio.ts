import { FreshetCommand } from '../../cli/freshet-command.js';
import { ratioFlags } from '../../cli/monitor-flags.js';
import { ratioMonitor } from '../../cli/monitor-ratio.js';
import { runMonitor } from '../../cli/monitor-run.js';
import type { Reporter } from '../../cli/reporter.js';

export default class MonitorRatio extends FreshetCommand {
  static override summary = 'the share of bad records in windows of event time';
  static override description =
    "Each window's ratio is a row. One that is over --max is a breach: it is told, acted on (--kill, --exec, --webhook), and makes the exit status 5. Windows are final at once, by event time or, for records that are dated by their arrival, by the clock.";
  static override examples = [
    'freshet produce pairs --odd-share 0.5 | freshet transform parity | <%= config.bin %> monitor ratio --max 0.3 --kill',
    `<%= config.bin %> monitor ratio --schema event --bad "event_type = 'error'" --size 1m --min-samples 20 --from kafka:events --to kafka:alerts`,
  ];
  static override flags = ratioFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(MonitorRatio);
    await runMonitor(ratioMonitor(flags, reporter.warn), reporter, this.stop);
  }
}
