import { endsOf } from '../../cli/ends-of.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { transformFlags } from '../../cli/transform-flags.js';
import { CpuUsage } from '../../operators/cpu-usage.js';
import { chooseSchema } from '../../pipeline/choose-schema.js';
import { partedOperator } from '../../pipeline/parted-operator.js';
import { loadSchema } from '../../pipeline/schema-files.js';

export default class TransformCpu extends FreshetCommand {
  static override summary = 'consecutive cpu counters of a machine to how busy it was between them';
  static override examples = ['<%= config.bin %> produce cpu --interval 1s | freshet transform cpu'];
  static override flags = transformFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(TransformCpu);
    await run(
      endsOf(flags),
      ({ inputs }) => {
        const schema = chooseSchema(flags, inputs, 'cpu');
        const output = loadSchema('cpu_usage');
        const operator = partedOperator(
          inputs,
          { emit: 'update' },
          true,
          ({ kept }) => new CpuUsage(schema, output, { kept }),
        );
        return { schema, operator };
      },
      reporter,
      this.stop,
    );
  }
}
