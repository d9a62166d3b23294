import fc from 'fast-check';
import type { Message } from 'kafkajs';
import { expect } from 'vitest';
import type { TailedRecord } from '../endpoints/kafka/topics.js';
import type { Harvest } from './newest-rows.js';

const POISONED = 100;

/** Values that are no record of the type, each for another reason. */
const poison = fc.constantFrom<Buffer>(
  ...['{', '7', 'null', '{"yt_channel_id":"channel_1","harvest_ts":"2017-08-01T10:00:00"}'].map((text) =>
    Buffer.from(text),
  ),
  Buffer.from('{"yt_channel_id":"channel_1","harvest_ts":"2017-02-30T10:00:00","subs":1}'),
  Buffer.from('{"yt_channel_id":"channel_1","harvest_ts":"2017-08-01T10:00:00","subs":"1"}'),
  Buffer.from('{"yt_channel_id":"channel_1","harvest_ts":"2017-08-01T10:00:00","subs":1e400}'),
  Buffer.from('{"yt_channel_id":"\\ud800","harvest_ts":"2017-08-01T10:00:00","subs":1}'),
  Buffer.from([0xff, 0x00, 0x41]),
);

/** Records of a topic, and those of them that don't fit by what their header says. */
export interface Poisoned {
  readonly messages: readonly Message[];
  readonly poisons: ReadonlyMap<string, Buffer>;
}

/** Records in their order with some between them that don't fit. */
export function withPoison(records: readonly Harvest[], seed: number): Poisoned {
  const messages: Message[] = records.map((record) => ({ key: record.yt_channel_id, value: JSON.stringify(record) }));
  const some = fc.sample(fc.tuple(poison, fc.nat(messages.length), fc.nat(60)), { seed, numRuns: POISONED });
  const poisons = new Map<string, Buffer>();
  for (const [number, [value, at, channel]] of some.entries()) {
    poisons.set(`${number}`, value);
    messages.splice(at, 0, { key: `channel_${channel}`, value, headers: { poison: `${number}` } });
  }
  return { messages, poisons };
}

export const isPoison = ({ headers }: TailedRecord): boolean => 'poison' in headers;

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
