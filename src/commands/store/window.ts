import { endsOf } from '../../cli/ends-of.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { STORE, storeFlags } from '../../cli/store-flags.js';
import { planWindow, windowFlags } from '../../cli/window-plan.js';
import { chooseSchema } from '../../pipeline/choose-schema.js';

export default class StoreWindow extends FreshetCommand {
  static override summary = 'keep the rows of aggregate window, never going back to an older one';
  static override description =
    'Takes the --by and --select of the aggregate whose rows these are. A row replaces the one that is there if more records are in it.';
  static override examples = [
    'freshet aggregate window --schema sensor --size 60s --by node_name < readings.ndjson | <%= config.bin %> store window --schema sensor --by node_name',
  ];
  static override flags = { ...windowFlags, ...storeFlags };

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(StoreWindow);
    await run(
      endsOf(flags, STORE),
      ({ inputs }) => {
        const schema = chooseSchema(flags, inputs);
        return { schema: schema.derived === undefined ? planWindow(schema, flags, true).output : schema };
      },
      reporter,
      this.stop,
    );
  }
}
