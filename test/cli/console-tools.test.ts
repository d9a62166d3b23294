import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTopic } from '../endpoints/kafka/topics.js';
import { type Kafka, kafka, startKafka } from '../services/kafka/kafka.js';
import { canStart } from '../services/service.js';
import { freshet, rowsOf } from './run-freshet.js';

const COUNT = 500;

describe.skipIf(!canStart(kafka))('Kafka’s own console tools', () => {
  let folder: string;
  let own: Kafka | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'freshet-console-'));
    own = await startKafka(folder);
  });
  afterAll(async () => {
    await own?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    'write what freshet reads and read what it writes, as %s',
    async (compression) => {
      const brokers = own?.address ?? '';
      const env = { ...process.env, KAFKA_BROKERS: brokers };
      const [topic, copy] = [await makeTopic(brokers), await makeTopic(brokers)];
      const value = (n: number): string =>
        `{"yt_channel_id":"c${n}","harvest_ts":"2017-08-01T10:00:00","note":"${'é'.repeat(50)}","subs":${n}}`;
      const written = Array.from({ length: COUNT }, (_, n) => `trace:t${n},twice:1,twice:2\tc${n}\t${value(n)}`);
      await own?.feed(
        `${written.join('\n')}\n`,
        'org.apache.kafka.tools.ConsoleProducer',
        ...['--bootstrap-server', brokers, '--topic', topic, '--compression-codec', compression],
        ...['--reader-property', 'parse.headers=true', '--reader-property', 'parse.key=true'],
      );
      expect(rowsOf((await freshet(['tail', topic, '-e', '--format', 'json'], '', { env })).out)).toHaveLength(COUNT);
      const { err } = await freshet(['tail', topic, '-e', '--to', `kafka:${copy}?compression=${compression}`], '', {
        env,
      });
      expect(err).toBe('');
      const read = await own?.tool(
        'org.apache.kafka.tools.consumer.ConsoleConsumer',
        ...['--bootstrap-server', brokers, '--topic', copy, '--from-beginning', '--max-messages', `${COUNT}`],
        ...['--formatter-property', 'print.headers=true', '--formatter-property', 'print.key=true'],
      );
      expect(read?.trimEnd().split('\n')).toEqual(written);
    },
  );
});
