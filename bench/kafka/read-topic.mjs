import { freshName, PARTITIONS, withAdmin } from './topics.mjs';

/** Written behind what is there, so that a reader knows when it has read all. */
const LAST = Buffer.from('the last record');

/**
 * Reads what committed transactions, and writers without one, have put into a topic, each partition in its order.
 * @param {(record: { key: Buffer, value: Buffer | null }) => void} each
 */
export async function readCommitted({ client }, topic, each) {
  const producer = client.producer();
  await producer.connect();
  const messages = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, key: LAST, value: LAST }));
  await producer.send({ topic, messages });
  await producer.disconnect();
  let left = PARTITIONS;
  await consume(client, topic, (record) => {
    if (!record.key?.equals(LAST)) each(record);
    else left--;
    return left === 0;
  });
}

/**
 * Reads a topic that takes records of nobody else, as far as its partitions have come.
 * @param {Map<number, number>} ends where they end
 */
export async function readInternal(broker, topic, ends, each) {
  const begins = await withAdmin(broker, (admin) => admin.fetchTopicOffsets(topic));
  const open = new Set(begins.filter(({ low, high }) => low !== high).map(({ partition }) => partition));
  if (open.size === 0) return;
  await consume(broker.client, topic, (record) => {
    each(record);
    if (record.offset + 1 >= ends.get(record.partition)) open.delete(record.partition);
    return open.size === 0;
  });
}

/** Reads a topic from its beginning until a record is the last one. */
async function consume(client, topic, isLast) {
  const consumer = client.consumer({ groupId: freshName('reader'), maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          for (const { key, value, offset } of batch.messages) {
            if (isLast({ partition: batch.partition, offset: Number(offset), key, value })) resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}
