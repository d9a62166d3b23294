import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { Coordinators } from '../../../src/endpoints/kafka/producer/coordinators.js';
import { FencedError, MembershipError } from '../../../src/endpoints/kafka/producer/produce-error.js';
import type { TopicWriter } from '../../../src/endpoints/kafka/producer/topic-writer.js';
import { codeOf } from '../../../src/endpoints/kafka/producer/transaction-codes.js';
import { TransactionalProducer } from '../../../src/endpoints/kafka/producer/transactional-producer.js';
import { ERROR } from '../../../src/endpoints/kafka/protocol/error-codes.js';
import { fetchOffsets } from '../../../src/endpoints/kafka/protocol/groups.js';
import { initTransactions } from '../../../src/endpoints/kafka/protocol/transactions.js';
import { findOffsets } from '../../../src/endpoints/kafka/start-offsets.js';
import { topicToWrite } from '../../../src/endpoints/kafka/topic-to-write.js';
import { openCluster } from '../../../src/pipeline/open-topics.js';
import { freshName } from '../../services/fresh-names.js';
import { kafka } from '../../services/kafka/kafka.js';
import { missingCommand, service } from '../../services/service.js';

const run = promisify(execFile);
const brokers = await service(kafka);
const kcat = missingCommand('kcat');
if (kcat !== undefined) console.log(`skipped: ${kcat}`);
const withKcat = it.runIf(brokers !== undefined && kcat === undefined);
const address = brokers ?? '';
/** What was committed can be read a little after the broker has answered. */
const SOON = { timeout: 20_000 };

interface Opened {
  readonly producer: TransactionalProducer;
  readonly write: (...texts: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function open(topic: string, transactionalId = topic, partitions = 1): Promise<Opened> {
  const cluster = openCluster(address);
  await topicToWrite(cluster, topic, { partitions });
  const options = { cluster, transactionalId, timeout: 30_000, compression: 'none', show: () => {} } as const;
  const producer = await TransactionalProducer.open(options);
  const writer = producer.topic(topic, partitions, 1_000_000);
  const close = async (): Promise<void> => {
    producer.close();
    await cluster.close();
  };
  return { producer, write: (...texts) => writeTexts(producer, writer, texts), close };
}

async function writeTexts(producer: TransactionalProducer, writer: TopicWriter, texts: readonly string[]) {
  const ends = new Int32Array(texts.length);
  let end = 0;
  for (const [at, text] of texts.entries()) ends[at] = end += text.length;
  const starts = ends.map((to, at) => to - (texts[at]?.length ?? 0));
  const values = { bytes: Buffer.from(texts.join('')), starts, ends };
  writer.write({ count: texts.length, values, keys: values, times: new Float64Array(texts.length).fill(Date.now()) });
  await producer.room();
}

async function committed(topic: string): Promise<string[]> {
  const args = ['-b', address, '-C', '-t', topic, '-e', '-q', '-X', 'isolation.level=read_committed'];
  const { stdout } = await run('kcat', args, { maxBuffer: 1 << 26 });
  return stdout.split('\n').slice(0, -1);
}

/** Where a group reads on in partition 0 of a topic; -1: nothing is committed. */
async function positionOf(group: string, topic: string): Promise<number> {
  const cluster = openCluster(address);
  await cluster.refresh([]);
  try {
    for (;;) {
      const { positions } = await cluster.anyone(fetchOffsets(group, [{ topic, partition: 0 }]));
      const [position] = positions;
      // Until a transaction has ended everywhere.
      if (position?.errorCode !== ERROR.unstableOffsetCommit) return position?.offset ?? -1;
    }
  } finally {
    await cluster.close();
  }
}

withKcat('lets readers of committed records see all of a transaction or nothing of it', async () => {
  const topic = freshName('transactions');
  const { producer, write, close } = await open(topic, topic, 3);
  const wanted: string[] = [];
  for (let round = 0; round < 12; round++) {
    producer.begin();
    const texts = Array.from({ length: 40 }, (_, at) => `${round}-${at}`);
    await write(...texts.slice(0, 20));
    // Some of what is aborted is on its way, some is not.
    if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await write(...texts.slice(20));
    if (round % 3 === 1) {
      await producer.abort();
    } else {
      await producer.commit();
      wanted.push(...texts);
    }
  }
  await close();
  expect((await committed(topic)).sort()).toEqual(wanted.sort());
});

it.runIf(brokers !== undefined)('says when what was committed can be read', async () => {
  const topic = freshName('readable');
  const { producer, write, close } = await open(topic);
  const cluster = openCluster(address);
  await cluster.refresh([topic]);
  for (let round = 1; round <= 30; round++) {
    producer.begin();
    await write(`of round ${round}`);
    await producer.commit();
    await producer.readable(60_000);
    const [end] = await findOffsets(cluster, [{ topic, partition: 0 }], { at: 'end' }, true);
    // Each transaction has a record, and the mark of its end.
    expect(end).toBe(2 * round);
  }
  await cluster.close();
  await close();
});

withKcat('lets a producer that was fenced write nothing, and its successor go on', async () => {
  const topic = freshName('fenced');
  const first = await open(topic);
  first.producer.begin();
  await first.write('one of the first');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await open(topic);
  await first.write('another of the first');
  await expect(first.producer.commit()).rejects.toThrow(FencedError);
  await expect(first.producer.abort()).rejects.toThrow(FencedError);
  second.producer.begin();
  await second.write('of the second');
  await second.producer.commit();
  await first.close();
  await second.close();
  await expect.poll(() => committed(topic), SOON).toEqual(['of the second']);
});

withKcat('takes over what others have left open, and writes as another from then on', async () => {
  const topic = freshName('taken-over');
  const ids = ['one', 'two', 'three'].map((name) => `${topic}-${name}`);
  const others = await Promise.all(ids.slice(0, 2).map((id) => open(topic, id)));
  for (const { producer, write } of others) {
    producer.begin();
    await write('of one that was killed');
    await producer.flush();
  }
  const heir = await open(topic);
  await heir.producer.takeOver(ids, ids[1] ?? '', topic);
  // Nothing is held up any more: what is written now can be read.
  heir.producer.begin();
  await heir.write('of the heir');
  await heir.producer.commit();
  await expect.poll(() => committed(topic), SOON).toEqual(['of the heir']);
  for (const { producer, close } of others) {
    await expect(producer.commit()).rejects.toThrow(FencedError);
    await close();
  }
  // It has the second id now, and goes on where others take over another one.
  const another = await open(topic);
  await another.producer.takeOver(ids.slice(0, 1), ids[0] ?? '', topic);
  await heir.write('of the heir again');
  await heir.producer.commit();
  await expect.poll(() => committed(topic), SOON).toEqual(['of the heir', 'of the heir again']);
  await another.producer.takeOver(ids.slice(1), ids[0] ?? '', topic);
  await heir.write('of a zombie');
  await expect(heir.producer.commit()).rejects.toThrow(FencedError);
  // One that was fenced can begin again.
  await heir.producer.forget();
  await heir.producer.takeOver(ids, ids[2] ?? '', topic);
  await heir.write('of one that came back');
  await heir.producer.commit();
  await expect
    .poll(() => committed(topic), SOON)
    .toEqual(['of the heir', 'of the heir again', 'of one that came back']);
  await heir.close();
  await another.close();
});

withKcat('may be taken over from while it takes over itself, and is told when it writes', async () => {
  const topic = freshName('at-once');
  const ids = Array.from({ length: 6 }, (_, n) => `${topic}-${n}`);
  const [first = '', second = ''] = ids;
  const copies = [await open(topic, `${topic}-a`), await open(topic, `${topic}-b`)];
  let wanted = 0;
  for (let round = 0; round < 8; round++) {
    await Promise.all(copies.map(({ producer }, copy) => producer.takeOver(ids, copy === 0 ? first : second, topic)));
    const [{ producer, write }] = copies;
    await producer.forget();
    await producer.takeOver(ids, first, topic);
    await write(`round ${round}`);
    await producer.commit();
    wanted++;
  }
  await copies[1]?.write('of a zombie');
  await expect(copies[1]?.producer.commit()).rejects.toThrow(FencedError);
  for (const { close } of copies) await close();
  await expect.poll(() => committed(topic), SOON).toHaveLength(wanted);
});

withKcat('is told when another takes over in the moment in which it commits', async () => {
  const topic = freshName('at-once');
  const { producer, write, close } = await open(topic);
  const cluster = openCluster(address);
  await cluster.refresh([]);
  const another = new Coordinators(cluster);
  const wanted: string[] = [];
  for (let round = 0; round < 200; round++) {
    await producer.takeOver([topic], topic, topic);
    await write(`round ${round}`);
    // Once it is there, the next that the broker hears is the commit.
    await sleep(5);
    const taken = another.ask('transaction', topic, initTransactions(topic, 30_000), codeOf);
    const told = await producer.commit().then(
      () => wanted.push(`round ${round}`),
      (error: unknown) => error,
    );
    if (typeof told !== 'number') expect(told).toBeInstanceOf(FencedError);
    expect(await taken).toMatchObject({ errorCode: ERROR.none });
    await producer.forget();
  }
  await Promise.all([close(), cluster.close()]);
  await expect.poll(() => committed(topic), SOON).toEqual(wanted);
});

withKcat('commits positions with the records, and none of a member that is not of the group', async () => {
  const [topic, group] = [freshName('output'), freshName('group')];
  const { producer, write, close } = await open(topic);
  // Of a group without members.
  const nobody = { group, member: '', generation: -1 };
  producer.begin();
  await write('aborted');
  await producer.sendOffsets(nobody, [{ topic, partition: 0, offset: 7 }]);
  await producer.abort();
  expect(await positionOf(group, topic)).toBe(-1);
  producer.begin();
  await write('committed');
  await producer.sendOffsets(nobody, [{ topic, partition: 0, offset: 8 }]);
  await producer.commit();
  expect(await positionOf(group, topic)).toBe(8);
  producer.begin();
  await write('of a zombie');
  const zombie = producer.sendOffsets({ group, member: 'gone', generation: 3 }, [{ topic, partition: 0, offset: 9 }]);
  await expect(zombie).rejects.toThrow(MembershipError);
  await producer.abort();
  expect(await positionOf(group, topic)).toBe(8);
  await close();
  await expect.poll(() => committed(topic), SOON).toEqual(['committed']);
});
