import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOffsets } from '../../../src/endpoints/kafka/start-offsets.js';
import { openCluster } from '../../../src/pipeline/open-topics.js';
import { StopSignal } from '../../../src/pipeline/stop-signal.js';
import { ServiceError } from '../../../src/records/errors.js';
import { ended, start } from '../../cli/run-freshet.js';
import { type Kafka, kafka, startKafka } from '../../services/kafka/kafka.js';
import { freePort } from '../../services/server-process.js';
import { canStart } from '../../services/service.js';
import { makeTopic, offsetsOf, placesOf, produce, producing, type TailedRecord, tailed, valuesOf } from './topics.js';

const own = canStart(kafka);

async function withKafka(brokers: 1 | 3, work: (cluster: Kafka, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-kafka-'));
  const cluster = await startKafka(folder, { brokers });
  try {
    await work(cluster, folder);
  } finally {
    for (let id = 1; id <= brokers; id++) await cluster.kill(id);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Records of 10 KB, numbered. */
const large = (count: number, from: number): { value: string }[] =>
  Array.from({ length: count }, (_, at) => ({ value: JSON.stringify({ n: from + at, text: 'x'.repeat(10_000) }) }));

const numberOf = ({ value }: TailedRecord): unknown => Object(value).n;

describe('brokers that are down when reading begins', () => {
  it('are named within two seconds', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const started = performance.now();
    const reading = tailed(address, ['any']);
    await expect(reading).rejects.toThrow(ServiceError);
    await expect(reading).rejects.toThrow(`no Kafka broker could be used: ${address}: nothing listens there`);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('are named as soon when they take connections and say nothing', async () => {
    const silent = await Promise.all([listen(), listen()]);
    const address = silent.map((server) => `127.0.0.1:${portOf(server)}`);
    const started = performance.now();
    const reading = tailed(address.join(','), ['any']);
    for (const one of address) await expect(reading).rejects.toThrow(one);
    expect(performance.now() - started).toBeLessThan(2000);
    for (const server of silent) server.close();
  });

  it('are named when there is no such host', async () => {
    const reading = tailed('no-such-host.invalid:9092', ['any']);
    await expect(reading).rejects.toThrow('no-such-host.invalid:9092: there is no such host');
  });
});

describe.skipIf(!own)('one broker', () => {
  it('that is killed and started again loses nothing and gives nothing twice', async () => {
    await withKafka(1, async (cluster) => {
      const topic = await makeTopic(cluster.address);
      for (let from = 0; from < 5000; from += 50) await produce(cluster.address, topic, large(50, from));
      const shown: string[] = [];
      const found: unknown[] = [];
      const warnings: string[] = [];
      process.on('warning', ({ message }) => warnings.push(message));
      let broken: Promise<void> | undefined;
      const killAndStart = async (): Promise<void> => {
        await cluster.kill(1);
        await new Promise((resolve) => setTimeout(resolve, 15_000));
        await cluster.start(1);
        await produce(cluster.address, topic, large(50, 5000));
      };
      await tailed(cluster.address, [topic], {
        untilEnd: false,
        count: 5050,
        shown,
        arrived: (records) => {
          found.push(...records.map(numberOf));
          // What waits is a third of the topic at most.
          broken ??= killAndStart();
        },
      });
      await broken;
      expect(found).toEqual(Array.from({ length: 5050 }, (_, n) => n));
      expect(shown).toEqual([
        expect.stringMatching(new RegExp(`^Kafka can't be reached \\(${cluster.address}: .*\\): trying again$`)),
        'Kafka is back: reading goes on',
      ]);
      expect(warnings).toEqual([]);
    });
  });

  it('that was there and goes before reading begins is waited for', async () => {
    await withKafka(1, async (own) => {
      const topic = await makeTopic(own.address);
      await produce(own.address, topic, large(3, 0));
      const shown: string[] = [];
      const cluster = openCluster(own.address, { show: (sentence) => shown.push(sentence) });
      await cluster.refresh([topic]);
      await own.kill(1);
      const asked = findOffsets(cluster, [{ topic, partition: 0 }], { at: 'end' }, true);
      await new Promise((resolve) => setTimeout(resolve, 17_000));
      await own.start(1);
      expect(await asked).toEqual([3]);
      expect(shown).toEqual([
        `the broker that leads ${topic}:0 can't be reached: ${own.address}: nothing listens there: trying again`,
        'Kafka is back: reading goes on',
      ]);
      await cluster.close();
    });
  });

  it('that is away is not waited for much longer by commands that are told to stop', async () => {
    await withKafka(1, async (cluster, folder) => {
      const { address } = cluster;
      const [input, output] = [await makeTopic(address), await makeTopic(address)];
      const copies = [
        `produce yt --rate 500 --to kafka:${input}`,
        `aggregate daily --from kafka:${input} --to kafka:${output}`,
        `store raw --from kafka:${input} --to ${join(folder, 'copy.ndjson')}`,
      ].map((command) => start([...command.split(' '), '--brokers', address], { stdio: ['ignore', 'ignore', 'pipe'] }));
      const ends = copies.map(ended);
      while ((await tailed(address, [output])).length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
      await cluster.kill(1);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      for (const copy of copies) copy.kill('SIGTERM');
      for (const { status, err } of await Promise.all(ends)) {
        expect(status, err).toBe(4);
        expect(err).toContain(`Kafka is away (${address}), and freshet was told to stop`);
      }
    });
  });

  it('gives what Kafka’s own producer has written, in every compression', async () => {
    await withKafka(1, async ({ address, tool }, folder) => {
      const payloads = join(folder, 'payloads');
      const lines = Array.from({ length: 500 }, (_, n) => JSON.stringify({ n, text: `${n} `.repeat(n % 50) }));
      writeFileSync(payloads, `${lines.join('\n')}\n`);
      for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
        const topic = await makeTopic(address);
        const how = ['--num-records', '5000', '--throughput', '-1', '--payload-file', payloads];
        const properties = [`bootstrap.servers=${address}`, `compression.type=${compression}`, 'linger.ms=20'];
        const performance = 'org.apache.kafka.tools.ProducerPerformance';
        await tool(performance, '--topic', topic, ...how, '--producer-props', ...properties);
        const values = valuesOf(await tailed(address, [topic])).map((value) => JSON.stringify(value));
        expect([compression, values.length]).toEqual([compression, 5000]);
        expect(values.filter((value) => !lines.includes(value))).toEqual([]);
      }
    });
  });
});

describe.skipIf(!own)('three brokers', () => {
  it('of which one goes and comes lose nothing, and leaders move', async () => {
    await withKafka(3, async (cluster) => {
      const { address } = cluster;
      const topic = await makeTopic(address, { numPartitions: 6, replicationFactor: 3 });
      const shown: string[] = [];
      let written = 0;
      let found = 0;
      const writing = producing(address, async (producer) => {
        const write = async (): Promise<void> => {
          const messages = Array.from({ length: 300 }, (_, at) => ({
            partition: at % 6,
            value: `{"n":${written + at}}`,
          }));
          await producer.send({ topic, messages, acks: -1, timeout: 30_000 });
          written += 300;
        };
        for (let round = 0; round < 10; round++) await write();
        // Its partitions have been read before, and others will lead them.
        while (found < written) await new Promise((resolve) => setTimeout(resolve, 50));
        await cluster.kill(2);
        for (let round = 0; round < 10; round++) await write();
        await cluster.start(2);
        for (let round = 0; round < 10; round++) await write();
      });
      const stop = new StopSignal();
      const reading = tailed(address, [topic], {
        untilEnd: false,
        stop,
        shown,
        arrived: (records) => {
          found += records.length;
        },
      });
      await writing;
      // kafkajs may write twice, or not at all, what it had no answer to when a leader moved: the log is what counts.
      const ends = await offsetsOf(address, topic);
      const all = ends.flatMap((end, partition) =>
        Array.from({ length: end }, (_, offset) => `${partition}:${offset}`),
      );
      expect(all.length).toBeGreaterThan(8000);
      while (found < all.length) await new Promise((resolve) => setTimeout(resolve, 50));
      stop.request('SIGTERM');
      expect(placesOf(await reading)).toEqual(all);
      expect(placesOf(await tailed(address, [topic]))).toEqual(all);
      // One line when it goes and one when it is back, or none where a new leader was there at once.
      expect(shown.filter((line) => line.startsWith('Kafka is back')).length * 2).toBe(shown.length);
      expect(shown.length).toBeLessThanOrEqual(4);
    });
  });

  it('of which one has just gone are read from, once others lead what it led', async () => {
    await withKafka(3, async (cluster) => {
      const { address } = cluster;
      const topic = await makeTopic(address, { numPartitions: 6, replicationFactor: 3 });
      const partitions = [0, 1, 2, 3, 4, 5];
      await produce(
        address,
        topic,
        partitions.map((partition) => ({ partition, value: `{"n":${partition}}` })),
      );
      await cluster.kill(1);
      const shown: string[] = [];
      expect(placesOf(await tailed(address, [topic], { shown }))).toEqual(partitions.map((one) => `${one}:0`));
      expect(shown).toEqual([
        expect.stringMatching(/^the broker that leads topic_\w+:\d(, .*)? can't be reached: .*: trying again$/),
        'Kafka is back: reading goes on',
      ]);
    });
  });

  it('name partitions that none of them leads, and read the others', async () => {
    await withKafka(3, async (cluster) => {
      const { address } = cluster;
      const topic = await makeTopic(address, { numPartitions: 3, replicationFactor: 1 });
      await produce(
        address,
        topic,
        [0, 1, 2].map((partition) => ({ partition, value: `{"n":${partition}}` })),
      );
      await cluster.kill(3);
      const leaderless = async (): Promise<number[]> => {
        const text = await cluster.tool(
          'org.apache.kafka.tools.TopicCommand',
          '--bootstrap-server',
          address,
          ...['--describe', '--topic', topic, '--unavailable-partitions'],
        );
        return [...text.matchAll(/Partition: (\d+)/g)].map(([, partition]) => Number(partition));
      };
      while ((await leaderless()).length === 0);
      const names = (await leaderless()).map((partition) => `${topic}:${partition}`).join(', ');
      await expect(tailed(address, [topic])).rejects.toThrow(`no broker leads ${names} at the moment`);
      await cluster.start(3);
      while ((await leaderless()).length > 0);
      expect(placesOf(await tailed(address, [topic]))).toEqual(['0:0', '1:0', '2:0']);
    });
  });
});

/** A server that takes connections and says nothing. */
async function listen(): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).unref());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.unref();
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
