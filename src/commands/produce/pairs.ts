import { produceFlags, share } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { produceSimulated } from '../../cli/produce-simulated.js';
import type { Reporter } from '../../cli/reporter.js';
import { PairSimulation } from '../../endpoints/produce/pair-simulation.js';
import { loadSchema } from '../../pipeline/schema-files.js';

export default class ProducePairs extends FreshetCommand {
  static override summary = 'pairs of whole numbers, for transform parity';
  static override examples = ['<%= config.bin %> produce pairs --odd-share 0.5 --count 1000 --format tsv'];
  static override flags = {
    'odd-share': share({ description: 'the share of pairs whose sum is odd [default: 0.2]', helpGroup: 'HOW MUCH' }),
    ...produceFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(ProducePairs);
    const simulation = new PairSimulation(loadSchema('pair'), { oddShare: flags['odd-share'], seed: flags.seed });
    await produceSimulated('produce pairs', simulation, flags, reporter, this.stop);
  }
}
