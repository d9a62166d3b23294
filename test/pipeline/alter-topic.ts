import type { Call } from '../../src/endpoints/kafka/protocol/call.js';
import { openCluster } from '../../src/pipeline/open-topics.js';

const TOPIC = 2;

/** Sets a topic's own settings (AlterConfigs). */
export async function alterTopic(
  brokers: string,
  topic: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const alter: Call<number> = {
    name: 'AlterConfigs',
    apiKey: 33,
    version: 1,
    encode(to) {
      to.array([topic], (name) => {
        to.int8(TOPIC).string(name);
        to.array(Object.entries(settings), ([key, value]) => to.string(key).string(value));
      });
      to.boolean(false);
    },
    decode(from) {
      from.int32();
      return from.array(() => from.int16())[0] ?? -1;
    },
  };
  const cluster = openCluster(brokers);
  try {
    const code = await cluster.anyone(alter);
    if (code !== 0) throw new Error(`the settings of ${topic} can't be changed: error ${code}`);
  } finally {
    await cluster.close();
  }
}
