import { count } from '../../cli/flag-types.js';
import { produceFlags, storyFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { produceSimulated } from '../../cli/produce-simulated.js';
import type { Reporter } from '../../cli/reporter.js';
import { YtSimulation } from '../../endpoints/produce/yt-simulation.js';
import { loadSchema } from '../../pipeline/schema-files.js';

export default class ProduceYt extends FreshetCommand {
  static override summary = 'simulated subscriber counts of channels';
  static override description =
    'Every simulated day each channel is harvested a few times, with 50 to 500 subscribers more each time. At full speed and endless unless told.';
  static override examples = [
    '<%= config.bin %> produce yt --days 3',
    '<%= config.bin %> produce yt --channels 1000 --rate 5000 --disorder 0.2 --late 0.01 --duplicates 0.05 --broken 0.001',
  ];
  static override flags = {
    channels: count({ min: 1, default: 3, description: 'how many channels there are', helpGroup: 'HOW MUCH' }),
    'per-day': count({ min: 1, default: 3, description: 'harvests of each channel a day', helpGroup: 'HOW MUCH' }),
    ...storyFlags,
    ...produceFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(ProduceYt);
    const { channels, days, start, seed } = flags;
    const simulation = new YtSimulation(loadSchema('yt'), { channels, perDay: flags['per-day'], days, start, seed });
    await produceSimulated('produce yt', simulation, flags, reporter, this.stop);
  }
}
