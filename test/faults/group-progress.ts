import { setTimeout as sleep } from 'node:timers/promises';
import { client } from '../endpoints/kafka/topics.js';

/** How many records of a topic a group has committed. */
export async function committed(address: string, group: string, topic: string): Promise<number> {
  const admin = client(address).admin();
  await admin.connect();
  const topics = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  await admin.disconnect();
  const offsets = topics.flatMap(({ partitions }) => partitions.map(({ offset }) => Math.max(0, Number(offset))));
  return offsets.reduce((sum, offset) => sum + offset, 0);
}

/** Waits until a group has members that are settled, and has committed so much: a writer may have written some twice. */
export async function progress(address: string, group: string, topic: string, least: number): Promise<void> {
  const admin = client(address).admin();
  await admin.connect();
  try {
    for (;;) {
      const { groups } = await admin.describeGroups([group]);
      if (
        groups[0]?.state === 'Stable' &&
        groups[0].members.length > 0 &&
        (await committed(address, group, topic)) >= least
      )
        return;
      await sleep(200);
    }
  } finally {
    await admin.disconnect();
  }
}
