import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../cli/run-freshet.js';
import { post, type TakingEvents, takingEvents } from '../cli/taking-events.js';
import { makeTopic, tailed } from '../endpoints/kafka/topics.js';
import { type Kafka, kafka, startKafka } from '../services/kafka/kafka.js';
import { canStart } from '../services/service.js';

const SENDERS = 16;

describe.runIf(canStart(kafka))('freshet produce events --to kafka:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-events-'));
  let own: Kafka;
  const to = (topic: string, ...args: string[]): Promise<TakingEvents> =>
    takingEvents(['--to', `kafka:${topic}`, '--brokers', own.address, ...args]);
  const numbersIn = async (topic: string): Promise<number[]> =>
    (await tailed(own.address, [topic])).map(({ value }) => Number(Reflect.get(Object(value), 'timestamp')));

  beforeAll(async () => {
    own = await startKafka(folder);
  });
  afterAll(async () => {
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every event in the topic when it answers 202', async () => {
    const topic = await makeTopic(own.address, { numPartitions: 2 });
    const events = await to(topic);
    for (let n = 0; n < 20; n++) {
      expect((await post(events.url, eventOf(n))).status).toBe(202);
      if (n % 10 === 9) expect((await numbersIn(topic)).sort((a, b) => a - b)).toEqual(upTo(n + 1));
    }
    await events.stop();
  });

  it('answers 422 to an event that the topic does not take, and takes what comes with it', async () => {
    const topic = await makeTopic(own.address, { configEntries: [{ name: 'max.message.bytes', value: '2000' }] });
    const events = await to(topic, '--dead', '-', '--log-format', 'json');
    const noise = randomBytes(3000).toString('base64');
    const large = JSON.stringify({ event_type: 'a', timestamp: 1, params: { noise } });
    const { status, body } = await post(events.url, `[${eventOf(7)},${large}]`);
    expect([status, body.detail]).toEqual([422, expect.stringContaining('the topic takes no record of')]);
    expect((await post(events.url, eventOf(8))).status).toBe(202);
    const { out } = await events.stop();
    expect(JSON.parse(out)).toMatchObject({ raw: large });
    expect(await numbersIn(topic)).toEqual([7, 8]);
  });

  it('answers 503 and 429 while the broker is away, and loses nothing of what it answered 202 to', async () => {
    const topic = await makeTopic(own.address, { numPartitions: 2 });
    const events = await to(topic, '--max-wait', '1s', '--max-queue', '48KB');
    const taken = new Set<number>();
    const statuses = new Map<number, number>();
    let next = 0;
    let sending = true;
    const send = async (): Promise<void> => {
      while (sending) {
        const n = next++;
        const { status } = await post(events.url, eventOf(n));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 202) taken.add(n);
        else await sleep(20);
      }
    };
    const senders = Array.from({ length: SENDERS }, send);
    const saw = (status: number, least: number): boolean => (statuses.get(status) ?? 0) >= least;
    await until('some that are taken', () => saw(202, 500));
    await own.kill(1);
    await until('some that wait in vain, and some for which there is no room', () => saw(503, 5) && saw(429, 5));
    expect((await fetch(`${events.url}/healthz`)).status).toBe(503);
    const before = taken.size;
    await own.start(1);
    await until('some that are taken again', () => taken.size >= before + 500);
    sending = false;
    await Promise.all(senders);
    const { status } = await events.stop();
    expect(status).toBe(130);
    expect(events.said()).toContain('Kafka is back: writing goes on');
    const found = await numbersIn(topic);
    // Nothing is there twice: nobody has sent anything again.
    expect(new Set(found).size).toBe(found.length);
    expect([...taken].filter((n) => !new Set(found).has(n))).toEqual([]);
    // What was withdrawn before the sink had it never comes.
    expect(found.length).toBeLessThan(next);
  });

  it('answers those who wait when it is stopped under load, after they are safe', async () => {
    const topic = await makeTopic(own.address, { numPartitions: 2 });
    const events = await to(topic);
    const taken: number[] = [];
    let next = 0;
    const send = async (): Promise<void> => {
      for (;;) {
        const n = next++;
        const status = await post(events.url, eventOf(n)).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status === 202) taken.push(n);
        else return;
      }
    };
    const senders = Array.from({ length: SENDERS }, send);
    await until('some that are taken', () => taken.length > 300);
    const { status } = await events.stop();
    await Promise.all(senders);
    expect(status).toBe(130);
    // Whoever was taken has heard of it.
    expect((await numbersIn(topic)).sort((a, b) => a - b)).toEqual(taken.sort((a, b) => a - b));
  });
});

function eventOf(n: number): string {
  return JSON.stringify({ event_type: `type_${n % 7}`, timestamp: n, params: { n } });
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
