import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, KafkaJSProtocolError } from 'kafkajs';
import { client } from '../endpoints/kafka/topics.js';

/** How many records of a topic a group has committed. */
export async function committed(address: string, group: string, topic: string): Promise<number> {
  const admin = client(address).admin();
  await admin.connect();
  try {
    const topics = await fetchOffsets(admin, group, topic);
    const offsets = topics.flatMap(({ partitions }) => partitions.map(({ offset }) => Math.max(0, Number(offset))));
    return offsets.reduce((sum, offset) => sum + offset, 0);
  } finally {
    await admin.disconnect();
  }
}

/** Waits for a broker that has just come back: it has to read what groups have committed first. */
async function fetchOffsets(admin: Admin, groupId: string, topic: string): ReturnType<Admin['fetchOffsets']> {
  for (;;) {
    try {
      return await admin.fetchOffsets({ groupId, topics: [topic] });
    } catch (error) {
      if (!(error instanceof KafkaJSProtocolError && error.retriable)) throw error;
      await sleep(200);
    }
  }
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
