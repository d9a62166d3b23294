import { expect, it } from 'vitest';
import { deleteRecords } from '../../../src/endpoints/kafka/protocol/delete-records.js';
import { findOffsets } from '../../../src/endpoints/kafka/start-offsets.js';
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
