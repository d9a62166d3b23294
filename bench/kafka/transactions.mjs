import { readInternal } from './read-topic.mjs';
import { endsOf } from './topics.mjs';

/** Where the brokers keep what becomes of transactions. */
const TOPIC = '__transaction_state';
/** TransactionLogValue of Kafka: version (2 bytes), producer's id (8) and epoch (2), timeout (4), status. */
const STATUS_AT = 16;
const PREPARE_COMMIT = 2;

/** How many transactions were committed under ids that have the name of a group. */
export async function transactionsOf(broker, group) {
  const ends = await endsOf(broker, TOPIC);
  if (ends.size === 0) return 0;
  let count = 0;
  await readInternal(broker, TOPIC, ends, ({ key, value }) => {
    if (key.includes(group) && value?.[STATUS_AT] === PREPARE_COMMIT) count++;
  });
  return count;
}
