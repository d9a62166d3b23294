import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { makeTopic, produce } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { ended, start } from './run-freshet.js';

const brokers = await service(kafka);

it.skipIf(brokers === undefined)(
  'a process that is stopped while it connects does not take the broker for silent',
  async () => {
    const topic = await makeTopic(String(brokers));
    await produce(String(brokers), topic, [{ key: 'a', value: '1' }]);
    const [host, port] = String(brokers).split(':');
    // A broker whose first answer is on its way for half a second.
    const slow = createServer((client) => {
      const broker = connect(Number(port), host);
      client.pipe(broker);
      broker.once('data', async (first) => {
        broker.pause();
        await sleep(500);
        client.write(first);
        broker.pipe(client);
      });
      for (const [one, other] of [
        [client, broker],
        [broker, client],
      ])
        one?.on('error', () => other?.destroy()).on('close', () => other?.destroy());
    });
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const address = `127.0.0.1:${(slow.address() as AddressInfo).port}`;
    try {
      const child = start(['tail', topic, '--offset', 'beginning', '-e', '--brokers', address]);
      const how = ended(child);
      await once(slow, 'connection');
      child.kill('SIGSTOP');
      await sleep(3000);
      child.kill('SIGCONT');
      expect(await how).toMatchObject({ status: 0, err: '' });
    } finally {
      slow.close();
    }
  },
);
