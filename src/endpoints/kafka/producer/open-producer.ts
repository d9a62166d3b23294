import { ServiceError } from '../../../records/errors.js';
import type { Cluster } from '../client/cluster.js';
import { ERROR, passes } from '../protocol/error-codes.js';
import { initProducerId, type ProducerIdentity } from '../protocol/producer-id.js';
import { prepareCompression } from '../records/compress-records.js';
import type { Compression } from '../records/compression-names.js';
import { produceError } from './produce-error.js';
import { Producer } from './producer.js';

const PAUSE_MS = 100;
const ATTEMPTS = 100;

/**
 * A producer that writes each record once.
 * @throws ServiceError where no broker gives it an id
 */
export async function openProducer(
  cluster: Cluster,
  compression: Compression,
  show: (sentence: string) => void,
): Promise<Producer> {
  await prepareCompression(compression);
  return new Producer({ cluster, compression, show, identity: await identity(cluster) });
}

async function identity(cluster: Cluster): Promise<ProducerIdentity> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { errorCode, ...given } = await cluster.anyone(initProducerId());
    if (errorCode === ERROR.none) return given;
    if (!passes(errorCode)) throw produceError({ topic: '', partition: 0, errorCode });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new ServiceError(`the brokers at ${cluster.name} give no producer an id`);
}
