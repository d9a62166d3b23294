import { expect, it, vi } from 'vitest';
import { byNumber } from '../../../src/endpoints/kafka/group/assignment.js';
import { GroupShares } from '../../../src/endpoints/kafka/group/group-shares.js';
import { TopicReader } from '../../../src/endpoints/kafka/topic-reader.js';
import { openCluster } from '../../../src/pipeline/open-topics.js';
import { freshName } from '../../services/fresh-names.js';
import { kafka } from '../../services/kafka/kafka.js';
import { service } from '../../services/service.js';
import { makeTopic } from './topics.js';

const address = await service(kafka);

it.skipIf(address === undefined)(
  'who stores rows of a group hears of partitions before positions are looked up, and of a reset after it is committed',
  async () => {
    const brokers = String(address);
    const topic = await makeTopic(brokers, { numPartitions: 2 });
    const cluster = openCluster(brokers);
    await cluster.refresh([topic]);
    const sent = vi.spyOn(cluster, 'send');
    const told: unknown[] = [];
    /** Notes what was asked for of the group's positions before. */
    const hears = (what: string, partitions: number): void => {
      const asked = sent.mock.calls.map(([, { name }]) => name).filter((name) => name.startsWith('Offset'));
      told.push({ what, partitions, asked: [...new Set(asked)] });
    };
    const shares = new GroupShares({
      cluster,
      group: freshName('group'),
      reads: [topic],
      topics: new Map([[topic, 2]]),
      look: async () => [],
      partOf: byNumber,
      reader: new TopicReader({ cluster, committed: true, show: () => {} }),
      start: { at: 'beginning' },
      committed: true,
      reset: true,
      listener: {
        begin: async (owned) => hears('begin', owned.length),
        reset: async () => hears('reset', 0),
      },
    });
    await shares.settle();
    // A reset is of the run: what is shared anew later on is read on.
    await shares.settle();
    await shares.leave();
    await cluster.close();
    expect(told).toEqual([
      { what: 'begin', partitions: 2, asked: [] },
      { what: 'reset', partitions: 0, asked: ['OffsetFetch', 'OffsetCommit'] },
      { what: 'begin', partitions: 2, asked: ['OffsetFetch', 'OffsetCommit'] },
    ]);
  },
);
