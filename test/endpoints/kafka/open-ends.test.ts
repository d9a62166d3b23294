import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Cluster } from '../../../src/endpoints/kafka/client/cluster.js';
import { Coordinators } from '../../../src/endpoints/kafka/producer/coordinators.js';
import { Producer } from '../../../src/endpoints/kafka/producer/producer.js';
import type { TopicWriter } from '../../../src/endpoints/kafka/producer/topic-writer.js';
import { codeOf, worst } from '../../../src/endpoints/kafka/producer/transaction-codes.js';
import { TransactionalProducer } from '../../../src/endpoints/kafka/producer/transactional-producer.js';
import type { Call } from '../../../src/endpoints/kafka/protocol/call.js';
import { ERROR } from '../../../src/endpoints/kafka/protocol/error-codes.js';
import { addPartitions, endTransaction, initTransactions } from '../../../src/endpoints/kafka/protocol/transactions.js';
import { openCluster } from '../../../src/pipeline/open-topics.js';
import { freshName } from '../../services/fresh-names.js';
import { type Kafka, kafka, startKafka } from '../../services/kafka/kafka.js';
import { canStart } from '../../services/service.js';
import { makeTopic, tailed } from './topics.js';

/** No call of the protocol leaves a partition without the end of its transaction; a broker that checks less lets one. */
const UNCHECKED = 'transaction.partition.verification.enable';

function write(writer: TopicWriter, text: string): void {
  const values = { bytes: Buffer.from(text), starts: Int32Array.of(0), ends: Int32Array.of(text.length) };
  writer.write({ count: 1, values, times: Float64Array.of(Date.now()) });
}

/**
 * Ends a transaction as a broker does that has come back and knows no leader yet of one of its partitions: the records
 * there stay as they are.
 */
async function leaveOpen(address: string, transactionalId: string, topic: string, commit: boolean): Promise<void> {
  const cluster = openCluster(address);
  try {
    await cluster.refresh([topic]);
    const coordinators = new Coordinators(cluster);
    const ask = <T>(call: Call<T>, code: (answer: T) => number): Promise<T> =>
      coordinators.ask('transaction', transactionalId, call, code);
    const { producerId, epoch } = await ask(initTransactions(transactionalId, 30_000), codeOf);
    const identity = { producerId, epoch };
    const named = { transactionalId, ...identity };
    await ask(addPartitions(named, [{ topic, partition: 0 }]), worst);
    const transaction = { id: () => transactionalId, enroll: async () => {} };
    const producer = new Producer({ cluster, compression: 'none', show: () => {}, identity, transaction });
    const writers = [0, 1].map((partition) => producer.partition(topic, partition, 1_000_000));
    for (const [partition, writer] of writers.entries()) write(writer, `"left in ${partition}"`);
    await producer.flush();
    await ask(endTransaction(named, commit), codeOf);
    producer.close();
  } finally {
    await cluster.close();
  }
}

describe.skipIf(!canStart(kafka))('what a broker has left open of a transaction that has ended', () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-open-ends-'));
  let own: Kafka;
  beforeAll(async () => {
    own = await startKafka(folder, { settings: { [UNCHECKED]: 'false' } });
  });
  afterAll(async () => {
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [next, others] of [
    ['is aborted', []],
    ['is committed', ['next in 1']],
    ['never comes', []],
  ] as const) {
    it(`shares no fate with the next, which ${next}`, async () => {
      const topic = await makeTopic(own.address, { numPartitions: 2 });
      const cluster = openCluster(own.address);
      await cluster.refresh([topic]);
      const options = {
        cluster,
        transactionalId: topic,
        timeout: 30_000,
        compression: 'none',
        show: () => {},
      } as const;
      const producer = await TransactionalProducer.open(options);
      const [first, second] = [0, 1].map((partition) => producer.partition(topic, partition, 1_000_000));
      producer.begin();
      write(first, '"left in 0"');
      await producer.flush();
      const send = vi.spyOn(cluster, 'send');
      send.mockImplementation((node, call, purpose) =>
        call.name === 'AddPartitionsToTxn'
          ? Promise.resolve([{ topic, partition: 1, errorCode: ERROR.none }] as never)
          : (Cluster.prototype.send.call(cluster, node, call, purpose) as never),
      );
      write(second, '"left in 1"');
      await producer.flush();
      send.mockRestore();
      await producer.commit();
      // The broker has gone, and come back.
      await cluster.close();
      if (next !== 'never comes') {
        write(second, '"next in 1"');
        await producer.flush();
      }
      await (next === 'is aborted' ? producer.abort() : producer.commit());
      const values = async (): Promise<unknown[]> =>
        (await tailed(own.address, [topic])).map(({ value }) => value).sort();
      await expect.poll(values, { timeout: 20_000 }).toEqual(['left in 0', 'left in 1', ...others]);
      producer.close();
      await cluster.close();
    });
  }

  for (const [name, commit, left] of [
    ['is aborted as the rest was', false, []],
    ['is committed as the rest was', true, ['left in 0', 'left in 1']],
  ] as const) {
    it(`${name}, by whoever takes over`, async () => {
      const topic = await makeTopic(own.address, { numPartitions: 2 });
      await leaveOpen(own.address, topic, topic, commit);
      // Nobody could read on in the second partition.
      expect((await tailed(own.address, [topic])).map(({ value }) => value)).toEqual(left.slice(0, 1));
      const cluster = openCluster(own.address);
      await cluster.refresh([topic]);
      const transactionalId = freshName('heir');
      const options = { cluster, transactionalId, timeout: 30_000, compression: 'none', show: () => {} } as const;
      const heir = await TransactionalProducer.open(options);
      const writer = heir.topic(topic, 2, 1_000_000);
      await heir.takeOver([topic], topic, freshName('group'));
      const values = async (): Promise<unknown[]> =>
        (await tailed(own.address, [topic])).map(({ value }) => value).sort();
      await expect.poll(values, { timeout: 20_000 }).toEqual(left);
      heir.begin();
      for (let record = 0; record < 6; record++) write(writer, `"of the heir ${record}"`);
      await heir.commit();
      const written = Array.from({ length: 6 }, (_, record) => `of the heir ${record}`);
      await expect.poll(values, { timeout: 20_000 }).toEqual([...left, ...written]);
      heir.close();
      await cluster.close();
    });
  }
});
