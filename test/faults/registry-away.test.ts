import type { ChildProcess } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { registryHeader } from '../../src/codecs/avro/value-header.js';
import { end, start, until } from '../cli/run-freshet.js';
import { makeTopic, produce, tailed } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { registry } from '../services/registry/registry.js';
import { register } from '../services/registry/subjects.js';
import { freePort } from '../services/server-process.js';
import { service } from '../services/service.js';

const brokers = await service(kafka);
const schemas = await service(registry);
const [kafkaAddress, url] = [String(brokers), String(schemas)];

/** The way to a server, which can be cut and opened again. */
class Way {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(
    readonly port: number,
    readonly to: URL,
  ) {}

  async open(): Promise<void> {
    this.#server = createServer((socket) => {
      const other = connect(Number(this.to.port), this.to.hostname);
      for (const end of [socket, other]) end.on('error', () => {}).on('close', () => this.#sockets.delete(end));
      this.#sockets.add(socket).add(other);
      socket.pipe(other).pipe(socket);
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.port, '127.0.0.1', resolve));
  }

  cut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** One schema of many: each with a field of its own. */
const schemaOf = (version: number): avro.Schema => ({
  type: 'record',
  name: 'yt',
  fields: [
    { name: 'yt_channel_id', type: 'string' },
    { name: 'harvest_ts', type: 'string' },
    { name: 'subs', type: 'long' },
    { name: `more_${version}`, type: 'int', default: 0 },
  ],
});

const PER_VERSION = 50;

/** Registers a version and writes records of it, each of a channel of its own. */
async function produceVersion(topic: string, version: number): Promise<void> {
  const id = await register(url, `${topic}-value`, schemaOf(version));
  const type = avro.Type.forSchema(schemaOf(version));
  const messages = Array.from({ length: PER_VERSION }, (_, at) => {
    const channel = `channel_${version}_${at}`;
    const row = { yt_channel_id: channel, harvest_ts: '2017-08-01T10:00:00', subs: at, [`more_${version}`]: 1 };
    return { key: channel, value: Buffer.concat([registryHeader(id), type.toBuffer(row)]) };
  });
  await produce(kafkaAddress, topic, messages);
}

interface Running {
  readonly child: ChildProcess;
  told(): string[];
}

function running(words: string, address: string): Running {
  const env = { ...process.env, KAFKA_BROKERS: kafkaAddress, SCHEMA_REGISTRY_URL: address };
  const child = start(words.split(' '), { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  const lines = (): string[] => text.split('\n').slice(0, -1);
  return { child, told: () => lines().filter((line) => !line.includes(' goes on: ')) };
}

/** The channels of all rows, in their order; each stands there once if nothing was lost or came twice. */
async function channelsIn(topic: string): Promise<string[]> {
  const records = await tailed(kafkaAddress, [topic]);
  return records.map(({ value }) => String(Reflect.get(value as object, 'yt_channel_id'))).sort();
}

const wanted = (...versions: number[]): string[] =>
  versions.flatMap((version) => Array.from({ length: PER_VERSION }, (_, at) => `channel_${version}_${at}`)).sort();

async function untilRows(topic: string, count: number): Promise<void> {
  for (let have = 0; have < count; have = (await channelsIn(topic)).length);
}

describe.skipIf(brokers === undefined || schemas === undefined)('a registry that goes away', () => {
  const setUp = async () => {
    const [from, to] = [await makeTopic(kafkaAddress, { numPartitions: 2 }), await makeTopic(kafkaAddress)];
    const way = new Way(await freePort(), new URL(url));
    await way.open();
    const address = url.replace(new URL(url).host, `127.0.0.1:${way.port}`);
    const words = `aggregate daily --schema yt --from kafka:${from} --to kafka:${to} --group ${freshName('g')} --every 50ms`;
    return { from, to, way, address, words };
  };

  it('is waited for: two lines are told, and nothing is lost or there twice', async () => {
    const { from, to, way, address, words } = await setUp();
    await produceVersion(from, 1);
    const { child, told } = running(words, address);
    await untilRows(to, PER_VERSION);
    for (const round of [1, 2]) {
      way.cut();
      await produceVersion(from, 2 * round);
      await until('the outage to be told', () => told().length === 2 * round - 1);
      // They stand behind what is waited for.
      await produceVersion(from, 2 * round + 1);
      expect((await channelsIn(to)).length).toBe((2 * round - 1) * PER_VERSION);
      await way.open();
      await untilRows(to, (2 * round + 1) * PER_VERSION);
    }
    child.kill('SIGTERM');
    expect(await end(child)).toEqual({ status: 143, signal: null });
    way.cut();
    expect(await channelsIn(to)).toEqual(wanted(1, 2, 3, 4, 5));
    const [gone, back] = [
      expect.stringMatching(`registry at ${address}: .*: trying again$`),
      expect.stringMatching('registry is back'),
    ];
    expect(told()).toEqual([gone, back, gone, back]);
  });

  it('does not hold up who is told to stop, and the next one goes on there', async () => {
    const { from, to, way, address, words } = await setUp();
    await produceVersion(from, 1);
    const first = running(words, address);
    await untilRows(to, PER_VERSION);
    way.cut();
    await produceVersion(from, 2);
    await until('the outage to be told', () => first.told().length === 1);
    first.child.kill('SIGTERM');
    expect(await end(first.child)).toEqual({ status: 143, signal: null });
    await way.open();
    const second = running(words, address);
    await untilRows(to, 2 * PER_VERSION);
    second.child.kill('SIGTERM');
    expect(await end(second.child)).toEqual({ status: 143, signal: null });
    way.cut();
    expect(await channelsIn(to)).toEqual(wanted(1, 2));
    expect([first.told().length, second.told()]).toEqual([1, []]);
  });

  it('lets partitions move to a copy that can reach it', async () => {
    const { from, to, way, address, words } = await setUp();
    await produceVersion(from, 1);
    const cutOff = running(words, address);
    await untilRows(to, PER_VERSION);
    way.cut();
    await produceVersion(from, 2);
    await until('the outage to be told', () => cutOff.told().length === 1);
    const other = running(words, url);
    // It has one of two partitions, and reads what the first one waits for.
    await untilRows(to, PER_VERSION + 1);
    await way.open();
    await untilRows(to, 2 * PER_VERSION);
    for (const { child } of [cutOff, other]) {
      child.kill('SIGTERM');
      expect(await end(child)).toEqual({ status: 143, signal: null });
    }
    way.cut();
    expect(await channelsIn(to)).toEqual(wanted(1, 2));
    expect(other.told()).toEqual([]);
  });
});
