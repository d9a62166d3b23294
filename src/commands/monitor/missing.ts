import { FreshetCommand } from '../../cli/freshet-command.js';
import { missingFlags } from '../../cli/monitor-flags.js';
import { missingMonitor } from '../../cli/monitor-missing.js';
import { runMonitor } from '../../cli/monitor-run.js';
import type { Reporter } from '../../cli/reporter.js';

export default class MonitorMissing extends FreshetCommand {
  static override summary = 'keys that were there and are silent, and expected ones that never came';
  static override description =
    'A row tells when a key has had no record for longer than --silence, and another when it is back. Time is event time; on a live stream that is quiet it goes on with the clock.';
  static override examples = [
    '<%= config.bin %> monitor missing --schema sensor --by node_name --silence 60s --from kafka:sensors.temperature.4 --to kafka:alerts',
    '<%= config.bin %> monitor missing --schema sensor --silence 5m --expect node_1,node_2 < readings.ndjson',
  ];
  static override flags = missingFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(MonitorMissing);
    await runMonitor(missingMonitor(flags, reporter.warn), reporter, this.stop);
  }
}
