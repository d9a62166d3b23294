import { endsOf } from '../../cli/ends-of.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import type { Reporter } from '../../cli/reporter.js';
import { run } from '../../cli/run.js';
import { STORE, storeFlags } from '../../cli/store-flags.js';
import { chooseSchema, type SchemaChoice } from '../../pipeline/choose-schema.js';
import type { OpenInput } from '../../pipeline/open-inputs.js';
import { loadSchema } from '../../pipeline/schema-files.js';

const MESSAGES = 'kafkamsg';

export default class StoreRaw extends FreshetCommand {
  static override summary = 'keep records as they are';
  static override description =
    'Records with a key and a time are kept once for each of both; others are added to what is there. Of topics without a --schema each record is kept as it is, in the table kafkamsg: topic, partition, offset, timestamp, key and value.';
  static override examples = [
    '<%= config.bin %> store raw --schema event --from events.ndjson',
    '<%= config.bin %> store raw --from kafka:events --to cassandra://127.0.0.1/freshet',
  ];
  static override flags = storeFlags;

  protected async work(reporter: Reporter): Promise<void> {
    const { flags } = await this.parse(StoreRaw);
    await run(
      endsOf(flags, STORE),
      ({ inputs }) => {
        const messages = areMessages(flags, inputs);
        return { schema: messages ? loadSchema(MESSAGES) : chooseSchema(flags, inputs), messages };
      },
      reporter,
      this.stop,
    );
  }
}

/** Whether records of topics are kept as they are: nothing says what their values are. */
function areMessages({ schema, key, time }: SchemaChoice, inputs: readonly OpenInput[]): boolean {
  const areTopics = inputs.every(({ partitions }) => partitions !== undefined);
  if (schema !== undefined) return areTopics && schema === MESSAGES;
  return areTopics && key === undefined && time === undefined && inputs.every((input) => input.schema === undefined);
}
