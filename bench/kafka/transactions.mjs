import { readInternal } from './read-topic.mjs';
import { endsOf } from './topics.mjs';

/** Where the brokers keep what becomes of transactions. */
const TOPIC = '__transaction_state';
/** TransactionLogValue of Kafka: version (2 bytes), producer's id (8) and epoch (2), timeout (4), status. */
const STATUS_AT = 16;
const PREPARE_COMMIT = 2;

/** A point in the brokers' log of transactions, for committedSince(). */
export function transactionsSoFar(broker) {
  return endsOf(broker, TOPIC);
}

/** How many transactions were committed behind such a point. */
export async function committedSince(broker, before) {
  const ends = await endsOf(broker, TOPIC);
  if (ends.size === 0) return 0;
  let count = 0;
  await readInternal(broker, TOPIC, ends, ({ partition, offset, value }) => {
    if (offset >= (before.get(partition) ?? 0) && value?.[STATUS_AT] === PREPARE_COMMIT) count++;
  });
  return count;
}
