import { describe, expect, it } from 'vitest';
import { makeTopic, produce, tailed } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { freshet } from './run-freshet.js';

const address = await service(kafka);
const brokers = String(address);
const env = { ...process.env, KAFKA_BROKERS: brokers };

describe.skipIf(address === undefined)('headers of records', () => {
  const MESSAGES = [
    { value: '{"a":1,"b":2}', headers: { trace: ['1', '2'], type: 'pair' } },
    { value: '{"a":null,"b":2}', headers: { trace: '3' } },
    { value: '{"a":2,"b":2}' },
    { value: '{"a":3,"b":2}', headers: { trace: 'ünïcode' } },
  ];

  it.each([
    ['store', 'raw', '--where', 'b = 2'],
    ['transform', 'parity'],
  ])('go with them from topic to topic: %s %s', async (...words) => {
    const [input, output] = [await makeTopic(brokers), await makeTopic(brokers)];
    // In batches of their own, and of one.
    for (const message of MESSAGES) await produce(brokers, input, [message]);
    await produce(brokers, input, MESSAGES);
    const to = `kafka:${output}?header=type:freshet`;
    const ends = ['--schema', 'pair', '--from', `kafka:${input}`, '--to', to, '--until-end'];
    const { status, err } = await freshet([...words, ...ends], '', { env });
    expect([status, err]).toEqual([0, expect.any(String)]);
    const found = (await tailed(brokers, [output])).map(({ headers }) => headers);
    const wanted = [{ trace: ['1', '2'], type: 'freshet' }, { type: 'freshet' }, { trace: 'ünïcode', type: 'freshet' }];
    expect(found).toEqual([...wanted, ...wanted]);
  });
});
