import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { missingCommand, service } from '../services/service.js';
import { alterTopic } from './alter-topic.js';
import { readByKcat } from './topic-rows.js';

const run = promisify(execFile);
const FRESHET = fileURLToPath(new URL('../../bin/freshet.js', import.meta.url));
const brokers = await service(kafka);
const withKcat = it.runIf(brokers !== undefined && missingCommand('kcat') === undefined);
const address = brokers ?? '';

/** What a command writes to standard error. */
async function freshet(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, KAFKA_BROKERS: address };
  return (await run('node', [FRESHET, ...args], { env })).stderr;
}

withKcat('moves records from topic to topic, and what does not fit to another', async () => {
  const [raw, daily, dead] = [freshName('raw'), freshName('daily'), freshName('dead')];
  const made = ['--create-topics', '--partitions', '3'];
  await freshet('produce', 'yt', '--days', '5', '--channels', '9', '--broken', '0.2', '--to', `kafka:${raw}`, ...made);
  const records = await readByKcat(address, raw);
  expect(records.length).toBe(135);
  const ends = ['--from', `kafka:${raw}`, '--until-end', '--to', `kafka:${daily}`, '--dead', `kafka:${dead}`];
  await freshet('aggregate', 'daily', ...ends, ...made);
  const letters = await readByKcat(address, dead);
  expect(letters.length).toBeGreaterThan(0);
  for (const [, , , keyLength, , , value] of letters) {
    const letter = JSON.parse(value);
    const origin = records.find(([partition, offset]) => +partition === letter.partition && +offset === letter.offset);
    const bytes = Buffer.from(letter.raw, letter.rawEncoding ?? 'utf8').toString();
    expect([keyLength, letter.topic, bytes]).toEqual(['-1', raw, origin?.[6]]);
  }
  // A channel's days lie where its raw records do.
  const placeOf = new Map(records.map(([partition, , , , key]) => [key, partition]));
  const rows = await readByKcat(address, daily);
  expect(rows.length).toBeGreaterThan(30);
  for (const [partition, , , , key] of rows) expect(placeOf.get(JSON.parse(key)[0])).toBe(partition);
});

withKcat('makes a dead letter of a row that is too large for its topic', async () => {
  const topic = freshName('small');
  const folder = mkdtempSync(join(tmpdir(), 'freshet-'));
  try {
    const [input, dead] = [join(folder, 'in.ndjson'), join(folder, 'dead.ndjson')];
    await freshet('produce', 'yt', '--count', '1', '--to', `kafka:${topic}`, '--create-topics', '--partitions', '1');
    await alterTopic(address, topic, { 'max.message.bytes': '2000' });
    const line = (channel: string): string =>
      `{"yt_channel_id":"${channel}","harvest_ts":"2017-08-01T00:00:00","subs":1}\n`;
    // Of random letters, which can't be compressed to a few.
    const long = Array.from({ length: 5000 }, () => String.fromCharCode(97 + Math.random() * 26)).join('');
    writeFileSync(input, line('a') + line(long) + line('b'));
    const ends = ['--from', input, '--to', `kafka:${topic}`, '--dead', dead];
    const said = await freshet('store', 'raw', '--schema', 'yt', ...ends);
    expect(said).toBe(
      `freshet: kafka:${topic}: the topic takes no record of ${line(long).length - 1} bytes (max.message.bytes)\n`,
    );
    expect(JSON.parse(readFileSync(dead, 'utf8'))).toMatchObject({ source: `kafka:${topic}`, raw: line(long).trim() });
    const keys = (await readByKcat(address, topic)).map(([, , , , key]) => key);
    expect(keys.slice(1)).toEqual(['a', 'b']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
