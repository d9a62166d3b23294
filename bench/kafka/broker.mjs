import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import lz4 from 'lz4-napi';
import { BenchError } from '../bench-error.mjs';
import { DATA } from '../data-sets.mjs';
import { testService } from '../test-service.mjs';

const FETCH_JARS = fileURLToPath(new URL('../../test/services/fetch-jars.sh', import.meta.url));

/**
 * A broker, and the folder of the jars that its own tools are in.
 * @typedef {{ address: string, jars: string, client: kafkajs.Kafka, stop: () => Promise<void> }} Broker
 */

/**
 * The broker that FRESHET_TEST_KAFKA names, else one that is started for this, as the tests do.
 * @returns {Promise<Broker>}
 * @throws BenchError where Java or Maven are missing: records are loaded by Kafka's own producer
 */
export async function startBroker(say) {
  const found = spawnSync('sh', ['-c', 'command -v java && command -v mvn && sh "$1" kafka', 'sh', FETCH_JARS], {
    encoding: 'utf8',
  });
  if (found.status !== 0) {
    throw new BenchError(`Kafka’s jars can’t be had: java and mvn are needed.\n${found.stderr}`);
  }
  const jars = found.stdout.trim().split('\n').at(-1);
  const given = process.env.FRESHET_TEST_KAFKA;
  if (given) return { address: given, jars, client: clientOf(given), stop: async () => {} };
  say('kafka: starting a broker of its own');
  const { startKafka } = await testService('kafka/kafka.ts');
  const folder = `${DATA}kafka-${process.pid}`;
  const server = await startKafka(folder, { isMeasured: true });
  return {
    address: server.address,
    jars,
    client: clientOf(server.address),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** kafkajs, which makes topics and reads answers back, and which nothing of freshet's own is in. */
function clientOf(address) {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({
    decompress: async (bytes) => lz4.decompressFrameSync(bytes),
  });
  return new kafkajs.Kafka({ brokers: address.split(','), logLevel: kafkajs.logLevel.NOTHING });
}
