import avro from 'avsc';
import fc from 'fast-check';
import type { Message } from 'kafkajs';
import { pack } from 'msgpackr';
import { expect } from 'vitest';
import { fingerprintOf } from '../../src/codecs/avro/fingerprint.js';
import { fingerprintHeader, registryHeader } from '../../src/codecs/avro/value-header.js';
import type { TailedRecord } from '../endpoints/kafka/topics.js';
import type { Harvest } from './newest-rows.js';

const POISONED = 100;

/** What avsc, which no one here wrote, makes of records; the order of fields is that of schemas/yt.avsc. */
const YT = avro.Type.forSchema({
  type: 'record',
  name: 'yt',
  fields: [
    { name: 'yt_channel_id', type: 'string' },
    { name: 'harvest_ts', type: 'string' },
    { name: 'subs', type: 'long' },
  ],
});
type Yt = Pick<Harvest, 'yt_channel_id' | 'harvest_ts' | 'subs'>;
const good: Yt = { yt_channel_id: 'channel_1', harvest_ts: '2017-08-01T10:00:00', subs: 1 };
const noDay: Yt = { ...good, harvest_ts: '2017-02-30T10:00:00' };

/** How records are written as values, and values that are none of the type, each for another reason. */
export interface Writing {
  readonly encode: (record: Yt) => Buffer;
  readonly poisons: readonly Buffer[];
}

const ndjson: Writing = {
  encode: (record) => Buffer.from(JSON.stringify(record)),
  poisons: [
    ...['{', '7', 'null', JSON.stringify(noDay)].map((text) => Buffer.from(text)),
    Buffer.from('{"yt_channel_id":"channel_1","harvest_ts":"2017-08-01T10:00:00"}'),
    Buffer.from('{"yt_channel_id":"channel_1","harvest_ts":"2017-08-01T10:00:00","subs":"1"}'),
    Buffer.from('{"yt_channel_id":"channel_1","harvest_ts":"2017-08-01T10:00:00","subs":1e400}'),
    Buffer.from('{"yt_channel_id":"\\ud800","harvest_ts":"2017-08-01T10:00:00","subs":1}'),
    Buffer.from([0xff, 0x00, 0x41]),
  ],
};

const cutOf = (bytes: Buffer): Buffer => bytes.subarray(0, -1);
const longer = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from([0])]);
/** With a channel that is no text. */
const noText = (bytes: Buffer): Buffer => {
  const spoiled = Buffer.from(bytes);
  spoiled[bytes.indexOf(good.yt_channel_id)] = 0xff;
  return spoiled;
};

const packed = (value: unknown): Buffer => Buffer.from(pack(value));
const msgpack: Writing = {
  encode: packed,
  poisons: [
    ...[cutOf, longer, noText].map((spoiled) => spoiled(packed(good))),
    ...[noDay, { ...good, subs: '1' }, { ...good, subs: 1.5 }, { yt_channel_id: 'channel_1' }, [good], []].map(packed),
    // A byte that begins nothing.
    Buffer.from([0x81, 0xa1, 0x61, 0xc1]),
  ],
};

/** @param header in front of each @param stray a header that names no schema */
function avroWriting(header: Uint8Array, stray: Uint8Array): Writing {
  const framed = (bytes: Buffer, before = header): Buffer => Buffer.concat([before, bytes]);
  const whole = YT.toBuffer(good);
  return {
    encode: ({ yt_channel_id, harvest_ts, subs }) => framed(YT.toBuffer({ yt_channel_id, harvest_ts, subs })),
    poisons: [
      ...[cutOf, longer, noText].map((spoiled) => framed(spoiled(whole))),
      // The last is a text of -1 bytes.
      ...[YT.toBuffer(noDay), Buffer.alloc(0), Buffer.alloc(11, 0xff), Buffer.from([1])].map((bytes) => framed(bytes)),
      Buffer.from(header.subarray(0, 3)),
      framed(whole, stray),
    ],
  };
}

export const FORMATS = ['JSON', 'MessagePack', 'Avro', 'Avro with a registry'] as const;

/** @param json schemas/yt.avsc @param id its number in a registry */
export function writings(json: unknown, id: number): Readonly<Record<(typeof FORMATS)[number], Writing>> {
  return {
    JSON: ndjson,
    MessagePack: msgpack,
    Avro: avroWriting(fingerprintHeader(fingerprintOf(json)), fingerprintHeader(7n)),
    'Avro with a registry': avroWriting(registryHeader(id), registryHeader(999_999_999)),
  };
}

/** Records of a topic, and those of them that don't fit by what their header says. */
export interface Poisoned {
  readonly messages: readonly Message[];
  readonly poisons: ReadonlyMap<string, Buffer>;
}

/** Records in their order, each told by a header, with some between them that don't fit. */
export function withPoison(records: readonly Harvest[], seed: number, { encode, poisons: some }: Writing): Poisoned {
  const messages: Message[] = records.map((record, at) => ({
    key: record.yt_channel_id,
    value: encode(record),
    headers: { record: `${at}` },
  }));
  const drawn = fc.tuple(fc.constantFrom(...some), fc.nat(messages.length), fc.nat(60));
  const poisons = new Map<string, Buffer>();
  for (const [number, [value, at, channel]] of fc.sample(drawn, { seed, numRuns: POISONED }).entries()) {
    poisons.set(`${number}`, value);
    messages.splice(at, 0, { key: `channel_${channel}`, value, headers: { poison: `${number}` } });
  }
  return { messages, poisons };
}

export const isPoison = ({ headers }: TailedRecord): boolean => 'poison' in headers;

/** The record that was written. */
export function recordOf(records: readonly Harvest[], { headers }: TailedRecord): Harvest[] {
  const record = records[Number(headers.record)];
  return record === undefined ? [] : [record];
}

interface Letter {
  readonly partition: number;
  readonly offset: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly raw: string;
  readonly rawEncoding?: 'base64';
}

/** Each record that did not fit has one letter, with its bytes. @param written those records, wherever they stand */
export function expectLetters(
  letters: readonly TailedRecord[],
  written: readonly TailedRecord[],
  { poisons }: Poisoned,
): void {
  const found = letters.map(({ value }) => value as Letter);
  expect(placesOf(found)).toEqual(placesOf(written));
  for (const { raw, rawEncoding = 'utf8', headers } of found) {
    const number = headers.find(({ name }) => name === 'poison')?.value ?? '';
    expect(Buffer.from(raw, rawEncoding)).toEqual(poisons.get(number));
  }
}

function placesOf(records: readonly Pick<TailedRecord, 'partition' | 'offset'>[]): string[] {
  return records.map(({ partition, offset }) => `${partition}:${offset}`).sort();
}
