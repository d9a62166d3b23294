import { endsOf } from '../../cli/ends-of.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { transformFlags } from '../../cli/transform-flags.js';
import { Parity } from '../../operators/parity.js';
import { chooseSchema } from '../../pipeline/choose-schema.js';
import { loadSchema } from '../../pipeline/schema-files.js';

export default class TransformParity extends FreshetCommand {
  static override summary = 'a pair of whole numbers to an outcome: 1 for an even sum, 0 for an odd one';
  static override examples = ["printf '1\\t2\\n2\\t34\\n' | <%= config.bin %> transform parity --from-format tsv"];
  static override flags = transformFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(TransformParity);
    await run(
      endsOf(flags),
      ({ inputs }) => {
        const schema = chooseSchema(flags, inputs, 'pair');
        return { schema, operator: new Parity(schema, loadSchema('outcome')) };
      },
      reporter,
      this.stop,
    );
  }
}
