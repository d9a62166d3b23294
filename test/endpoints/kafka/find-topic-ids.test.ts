import { describe, expect, it } from 'vitest';
import { findTopicIds } from '../../../src/endpoints/kafka/find-topic-ids.js';
import { openCluster } from '../../../src/pipeline/open-topics.js';
import { kafka } from '../../services/kafka/kafka.js';
import { service } from '../../services/service.js';
import { FakeCluster } from './fake-cluster.js';
import { deleteTopic, makeTopic } from './topics.js';

const address = await service(kafka);

describe('findTopicIds', () => {
  it.skipIf(address === undefined)('tells topics from those of their names that are made later', async () => {
    const brokers = String(address);
    const cluster = openCluster(brokers);
    const [one, other] = [await makeTopic(brokers), await makeTopic(brokers, { numPartitions: 3 })];
    const before = await findTopicIds(cluster, [one, other]);
    expect([...before.keys()].sort()).toEqual([one, other].sort());
    for (const id of before.values()) expect(id).toMatch(/^[\w-]{22}$/);
    expect(new Set(before.values()).size).toBe(2);
    expect(await findTopicIds(cluster, [other])).toEqual(new Map([[other, before.get(other)]]));
    await deleteTopic(brokers, other);
    await makeTopic(brokers, { topic: other });
    // The broker hears of it from the controller.
    await expect.poll(async () => (await findTopicIds(cluster, [other])).get(other)).not.toBe(before.get(other));
    expect((await findTopicIds(cluster, [one, other])).get(one)).toBe(before.get(one));
    await cluster.close();
  });

  it('finds none where brokers are too old', async () => {
    const { cluster, away } = new FakeCluster([1]);
    away.set(1, 'unsupported');
    expect(await findTopicIds(cluster, ['old'])).toEqual(new Map());
  });

  it('asks nobody about no topics', async () => {
    expect(await findTopicIds(new FakeCluster([]).cluster, [])).toEqual(new Map());
  });
});
