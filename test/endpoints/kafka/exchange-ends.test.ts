import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ExchangeEnds } from '../../../src/endpoints/kafka/group/exchange-ends.js';
import { deleteRecords } from '../../../src/endpoints/kafka/protocol/delete-records.js';
import { findOffsets } from '../../../src/endpoints/kafka/start-offsets.js';
import { TopicReader } from '../../../src/endpoints/kafka/topic-reader.js';
import { openCluster } from '../../../src/pipeline/open-topics.js';
import { kafka } from '../../services/kafka/kafka.js';
import { service } from '../../services/service.js';
import { makeTopic, produce } from './topics.js';

const brokers = await service(kafka);

it.runIf(brokers !== undefined)('records that were read are deleted, and no others', async () => {
  const address = brokers ?? '';
  const topic = await makeTopic(address, { numPartitions: 2 });
  for (const partition of [0, 1]) {
    await produce(
      address,
      topic,
      Array.from({ length: 10 }, (_, at) => ({ value: String(at), partition })),
    );
  }
  const cluster = openCluster(address);
  await cluster.refresh([topic]);
  const read = [
    { topic, partition: 0, offset: 4 },
    { topic, partition: 1, offset: 7 },
  ];
  for (const [node = -1, ones] of cluster.byLeader(read)) {
    const answers = await cluster.send(node, deleteRecords(ones, 10_000));
    expect(answers.map(({ errorCode }) => errorCode)).toEqual(ones.map(() => 0));
  }
  expect(await findOffsets(cluster, read, { at: 'beginning' }, false)).toEqual([4, 7]);
  expect(await findOffsets(cluster, read, { at: 'end' }, false)).toEqual([10, 10]);
  await cluster.close();
});

it.runIf(brokers !== undefined)('sources are not quiet while records come, however soon they are sent on', async () => {
  const address = brokers ?? '';
  const topic = await makeTopic(address);
  const cluster = openCluster(address);
  await cluster.refresh([topic]);
  const reader = new TopicReader({ cluster, committed: true, show: () => {} });
  const sources = [{ topic, partition: 0 }];
  const errors: unknown[] = [];
  const ends = new ExchangeEnds({
    ...{ cluster, reader, sources, committed: true, exchange: { topic: 'between', parts: 1 } },
    // All is sent on whenever somebody looks.
    positions: async () => [{ topic, partition: 0, offset: Number.MAX_SAFE_INTEGER }],
    onError: (error) => errors.push(error),
  });
  const quietFor = (): number => performance.now() - (ends.quietSince ?? performance.now());
  let most = 0;
  for (let times = 0; times < 15; times++) {
    await produce(address, topic, [{ value: String(times) }]);
    await sleep(200);
    most = Math.max(most, quietFor());
  }
  expect(most).toBeLessThan(1500);
  await expect.poll(quietFor, { timeout: 20_000, interval: 100 }).toBeGreaterThan(2000);
  expect(errors).toEqual([]);
  reader.stop();
  await cluster.close();
});
