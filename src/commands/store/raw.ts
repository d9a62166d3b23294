import { endsOf } from '../../cli/ends-of.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { STORE, storeFlags } from '../../cli/store-flags.js';
import { chooseSchema } from '../../pipeline/choose-schema.js';

export default class StoreRaw extends FreshetCommand {
  static override summary = 'keep records as they are';
  static override description =
    'Records with a key and a time are kept once for each of both; others are added to what is there.';
  static override examples = ['<%= config.bin %> store raw --schema event --from events.ndjson'];
  static override flags = storeFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(StoreRaw);
    await run(endsOf(flags, STORE), ({ inputs }) => ({ schema: chooseSchema(flags, inputs) }), reporter, this.stop);
  }
}
