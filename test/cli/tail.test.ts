import { describe, expect, it } from 'vitest';
import { makeTopic, produce } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { freePort } from '../services/server-process.js';
import { service } from '../services/service.js';
import { end, ended, freshet, start } from './run-freshet.js';

const address = await service(kafka);
const brokers = String(address);
const env = { ...process.env, KAFKA_BROKERS: brokers };

const tail = (...args: string[]) => freshet(['tail', ...args], '', { env });

/** Lines of output with TOPIC in place of a topic's name. */
const lines = (out: string, topic: string): string[] => out.replaceAll(topic, 'TOPIC').split('\n').slice(0, -1);

const dead = (reason: string, raw: string, more: object = {}): string =>
  JSON.stringify({ reason, source: 'yt:0', offset: 17, raw, ...more });

describe.skipIf(address === undefined)('freshet tail', () => {
  it('shows records as topic:partition:offset key value, one a line, and moves no cursor', async () => {
    const topic = await makeTopic(brokers);
    const values: (string | Buffer | null)[] = [
      '{"a": 1, "b": "é"}',
      '{\n  "a": 2\n}',
      null,
      '',
      'a text\nof two lines \u001b[31m',
      Buffer.from([0xff, 0x41, 0x5c, 0x00]),
      Buffer.from([0x82, 0xa1, 0x61, 0x01, 0xa1, 0x62, 0x92, 0xc0, 0xc3]),
      // Begins as MessagePack does, and is none.
      Buffer.from([0x82, 0xa1, 0x61]),
    ];
    await produce(
      brokers,
      topic,
      values.map((value, at) => ({ key: at === 0 ? null : `k\t${at}`, value })),
    );
    const { out, err, status } = await tail(topic, '-e');
    expect(lines(out, topic)).toEqual([
      'TOPIC:0:0 - {"a": 1, "b": "é"}',
      'TOPIC:0:1 k\\t1 {   "a": 2 }',
      'TOPIC:0:2 k\\t2 null',
      'TOPIC:0:3 k\\t3 ',
      'TOPIC:0:4 k\\t4 a text\\nof two lines \\u001b[31m',
      'TOPIC:0:5 k\\t5 \\xffA\\\\\\x00',
      'TOPIC:0:6 k\\t6 {"a":1,"b":[null,true]}',
      'TOPIC:0:7 k\\t7 \\x82\\xa1a',
    ]);
    expect([err, status]).toEqual(['', 0]);
  });

  it('shows dead letters by their place and reason, and --raw gives what they were', async () => {
    const topic = await makeTopic(brokers);
    const packed = Buffer.from([0x81, 0xa1, 0x61, 0x01]);
    await produce(brokers, topic, [
      { value: dead('field subs is missing', '{"yt_channel_id":\n"a"}') },
      {
        value: dead('not JSON: invalid UTF-8 at byte 1', Buffer.from([0xff]).toString('base64'), {
          rawEncoding: 'base64',
        }),
      },
      { value: '{"reason":"why not","n":1}' },
      { value: dead('field a is missing', packed.toString('base64'), { rawEncoding: 'base64' }) },
    ]);
    const { out } = await tail(topic, '--until-end');
    expect(lines(out, topic)).toEqual([
      'TOPIC:0:0 - yt:0:17: field subs is missing: { "yt_channel_id": "a"}'.replace('{ ', '{'),
      'TOPIC:0:1 - yt:0:17: not JSON: invalid UTF-8 at byte 1: \\\\xff'.replace('\\\\', '\\'),
      'TOPIC:0:2 - {"reason":"why not","n":1}',
      'TOPIC:0:3 - yt:0:17: field a is missing: {"a":1}',
    ]);
    const raw = start(['tail', topic, '-e', '--raw'], { env });
    const chunks: Buffer[] = [];
    raw.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => raw.on('close', resolve));
    expect(Buffer.concat(chunks)).toEqual(
      Buffer.concat([
        Buffer.from('{"yt_channel_id":\r"a"}\n'),
        Buffer.from([0xff, 0x0a]),
        Buffer.from('{"reason":"why not","n":1}\n'),
        packed,
      ]),
    );
  });

  it('replays dead letters in one pipe', async () => {
    const topic = await makeTopic(brokers);
    const record = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T10:00:00","subs":7}';
    await produce(brokers, topic, [{ value: dead('it was the schema that was wrong', record) }]);
    const { out } = await tail(topic, '-e', '--raw');
    const { out: rows } = await freshet(['aggregate', 'daily'], out);
    expect(rows).toBe('{"yt_channel_id":"a","harvest_ts":"2017-08-01T10:00:00","date":"2017-08-01","subs":7}\n');
  });

  it('takes several topics and patterns, kafka: before them or not, and offsets as kcat does', async () => {
    const [one, two] = [await makeTopic(brokers), await makeTopic(brokers)];
    for (const topic of [one, two]) await produce(brokers, topic, [{ value: '1' }, { value: '2' }]);
    const { out } = await tail(one, `kafka:${two}`, '-o', '-1', '-e');
    expect(out.split('\n').sort()).toEqual(['', `${one}:0:1 - 2`, `${two}:0:1 - 2`].sort());
    const { out: first } = await tail(`${one.slice(0, -1)}*`, '--offset', '0', '-n', '1');
    expect(first).toBe(`${one}:0:0 - 1\n`);
  });

  it('follows what comes from its start on, until ctrl-C', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, [{ value: 'before' }]);
    const child = start(['tail', topic], { env });
    const how = ended(child);
    let came = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      came += chunk;
    });
    // Whatever comes after it has begun is shown; when it has begun nothing tells.
    for (let n = 0; came === ''; n++) {
      await produce(brokers, topic, [{ value: `after ${n}` }]);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    child.kill('SIGINT');
    const { out, status } = await how;
    expect(status).toBe(130);
    expect(out).not.toContain('before');
    expect(out).toContain('after');
  });

  it('ends when nobody reads it any more', async () => {
    const topic = await makeTopic(brokers);
    await produce(
      brokers,
      topic,
      Array.from({ length: 20_000 }, (_, n) => ({ value: `{"n":${n}}` })),
    );
    const child = start(['tail', topic, '-o', 'beginning'], { env });
    child.stdout?.once('data', () => child.stdout?.destroy());
    await produce(
      brokers,
      topic,
      Array.from({ length: 20_000 }, (_, n) => ({ value: `{"n":${n}}` })),
    );
    expect(await end(child)).toEqual({ status: 0, signal: null });
  });
});

describe('freshet tail says what is wrong', () => {
  it.each([
    [[], 'missing 1 required arg'],
    [['a b'], 'a b is no name of a topic'],
    [['a', '--offset', 'soon'], '--offset soon is none'],
    [['a', '--raw', '--format', 'json'], 'cannot also be provided'],
    [['a', '-n', '0'], 'at least 1 is needed'],
  ])('%j: %s', async (args, message) => {
    const { err, status } = await freshet(['tail', ...args], '', {
      env: { ...process.env, KAFKA_BROKERS: 'localhost:1' },
    });
    expect([status, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('of a topic that is missing, of brokers that are not there, and of none', async () => {
    const env = { ...process.env, KAFKA_BROKERS: '', KAFKA_HOST: '' };
    const none = await freshet(['tail', 'a'], '', { env });
    expect([none.status, none.err]).toEqual([2, expect.stringContaining('no Kafka broker is named')]);
    const port = await freePort();
    const away = await freshet(['tail', 'a', '--brokers', `localhost:${port}`], '', { env });
    expect([away.status, away.err]).toEqual([4, expect.stringContaining(`localhost:${port}: nothing listens there`)]);
  });
});
