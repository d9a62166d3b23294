import { describe, expect, it } from 'vitest';
import { parseOffset } from '../../../src/endpoints/kafka/start-offsets.js';
import { UsageError } from '../../../src/records/errors.js';

describe('--offset says where reading begins and ends, as kcat -o does', () => {
  const known: [string, ReturnType<typeof parseOffset>][] = [
    ['beginning', { start: { at: 'beginning' } }],
    ['earliest', { start: { at: 'beginning' } }],
    ['end', { start: { at: 'end' } }],
    ['latest', { start: { at: 'end' } }],
    ['0', { start: { at: 'offset', offset: 0 } }],
    ['17', { start: { at: 'offset', offset: 17 } }],
    ['-17', { start: { at: 'before-end', records: 17 } }],
    ['s@1500000000000', { start: { at: 'time', millis: 1_500_000_000_000 } }],
    ['s@2017-07-14', { start: { at: 'time', millis: Date.UTC(2017, 6, 14) } }],
    ['s@2017-07-14T02:40:00+02:00', { start: { at: 'time', millis: Date.UTC(2017, 6, 14, 0, 40) } }],
    [
      's@1500000000000,e@1500000000999',
      { start: { at: 'time', millis: 1_500_000_000_000 }, end: { at: 'time', millis: 1_500_000_000_999 } },
    ],
    ['e@1500000000000', { start: { at: 'beginning' }, end: { at: 'time', millis: 1_500_000_000_000 } }],
    ['e@10, s@5', { start: { at: 'time', millis: 5 }, end: { at: 'time', millis: 10 } }],
    ['-5,e@10', { start: { at: 'before-end', records: 5 }, end: { at: 'time', millis: 10 } }],
  ];
  it.each(known)('%s', (text, range) => {
    expect(parseOffset(text)).toEqual(range);
  });

  it.each([
    '',
    'first',
    '1.5',
    '--1',
    '+1',
    '1e3',
    's@',
    's@soon',
    's@2017-02-30',
    'e@x',
    '1,2',
    'e@1,e@2',
    's@1,e@2,e@3',
    ',',
    '5,',
  ])('refuses %j', (text) => {
    expect(() => parseOffset(text)).toThrow(UsageError);
  });
});
