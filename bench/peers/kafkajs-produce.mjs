// Sends the lines of a file to a topic with kafkajs' idempotent producer, keyed by channel.
//   node kafkajs-produce.mjs BROKERS TOPIC FILE
import { createReadStream } from 'node:fs';
import kafkajs from 'kafkajs';

const [brokers = '', topic = '', path = ''] = process.argv.slice(2);
const AT_ONCE = 4096;
const KEY = Buffer.from('"yt_channel_id": "');

const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
const producer = kafka.producer({ idempotent: true, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();
let messages = [];
let rest = Buffer.alloc(0);
for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
  const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  let from = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    const value = bytes.subarray(from, end);
    const at = value.indexOf(KEY) + KEY.length;
    messages.push({ key: value.subarray(at, value.indexOf(34, at)), value });
    from = end + 1;
    if (messages.length === AT_ONCE) await send();
  }
  rest = bytes.subarray(from);
}
await send();
await producer.disconnect();

async function send() {
  if (messages.length > 0) await producer.send({ topic, messages, acks: -1 });
  messages = [];
}
