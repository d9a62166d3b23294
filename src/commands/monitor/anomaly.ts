import { FreshetCommand } from '../../cli/freshet-command.js';
import { anomalyMonitor } from '../../cli/monitor-anomaly.js';
import { anomalyFlags } from '../../cli/monitor-flags.js';
import { runMonitor } from '../../cli/monitor-run.js';
import type { Reporter } from '../../cli/reporter.js';

export default class MonitorAnomaly extends FreshetCommand {
  static override summary = 'values out of bounds, far from the others, or changing too fast';
  static override description =
    'Without --low, --high or --max-change values are compared with the median of the last ones of their key. A row tells of each anomaly, and of the first value after one that is in order.';
  static override examples = [
    '<%= config.bin %> monitor anomaly --schema sensor --by node_name --field temperature < readings.ndjson',
    '<%= config.bin %> monitor anomaly --schema sensor --field temperature --low -40 --high 85 --max-change 5/1m --from kafka:sensors',
  ];
  static override flags = anomalyFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(MonitorAnomaly);
    await runMonitor(anomalyMonitor(flags, reporter.warn), reporter, this.stop);
  }
}
