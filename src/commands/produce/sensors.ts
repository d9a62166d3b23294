import { count, duration } from '../../cli/flag-types.js';
import { produceFlags, storyFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { produceSimulated } from '../../cli/produce-simulated.js';
import type { Reporter } from '../../cli/reporter.js';
import { SensorSimulation } from '../../endpoints/produce/sensor-simulation.js';
import { loadSchema } from '../../pipeline/schema-files.js';

export default class ProduceSensors extends FreshetCommand {
  static override summary = 'simulated temperatures of nodes';
  static override description =
    'In each round every node measures once: a level of its own that follows the day and wanders a little.';
  static override examples = ['<%= config.bin %> produce sensors --nodes 20 --days 1'];
  static override flags = {
    nodes: count({ min: 1, default: 5, description: 'how many nodes there are', helpGroup: 'HOW MUCH' }),
    step: duration({ description: 'simulated time between two rounds [default: 10s]', helpGroup: 'HOW MUCH' }),
    ...storyFlags,
    ...produceFlags,
  };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(ProduceSensors);
    const { nodes, step, days, start, seed } = flags;
    const simulation = new SensorSimulation(loadSchema('sensor'), { nodes, step, days, start, seed });
    await produceSimulated('produce sensors', simulation, flags, reporter, this.stop);
  }
}
