import { expect, it } from 'vitest';
import { joinTopics } from '../../src/pipeline/uri.js';

it.each([
  [['kafka:a', 'kafka:b,c'], ['kafka:a,b,c']],
  [
    ['x.ndjson', 'kafka:a?key=1', 'kafka:b', '-', 'kafka:c?key=1', 'kafka:d'],
    ['x.ndjson', 'kafka:a,c?key=1', 'kafka:b,d', '-'],
  ],
  // What is named twice is read twice, as cat does.
  [
    ['x.ndjson', 'x.ndjson'],
    ['x.ndjson', 'x.ndjson'],
  ],
])('%j is read as %j', (words, read) => {
  expect(joinTopics(words)).toEqual(read);
});
