import { expect, it } from 'vitest';
import { planPlace } from '../../src/pipeline/plan-place.js';

it.each([
  ['kafka:a?compression=gzip&format=msgpack', 'kafka:a'],
  ['kafka:a?format=avro&key=b', 'kafka:a?key=b'],
  ['mysql://ann:sesame@db/yt?ssl=false#rows', 'mysql://ann@db/yt#rows'],
  ['mysql://ann:sesame@db/yt', 'mysql://ann@db/yt?socket=/run/a@b.sock'],
  ['cassandra://ann:sesame@one:1,two:2/yt?ssl=true&ssl-ca=ca.pem#rows', 'cassandra://ann@one:1,two:2/yt#rows'],
  ['tcp:127.0.0.1:5000?wait=10s', 'tcp:127.0.0.1:5000'],
  ['file:rows.ndjson', 'rows.ndjson'],
])('rows of %s go where those of %s go', (one, other) => {
  expect(planPlace(one, 'to')).toBe(planPlace(other, 'to'));
});

it.each([
  ['kafka:a', 'kafka:b'],
  ['kafka:a?key=b', 'kafka:a'],
  ['kafka:a?key=b', 'kafka:a?key=c'],
  ['kafka:a?header=type:b', 'kafka:a?header=type:c'],
  ['kafka:a?key=b%26header=c:d', 'kafka:a?key=b&header=c:d'],
  ['mysql://db/yt#rows', 'mysql://db/yt#others'],
  ['mysql://db/yt?ssl=false', 'mysql://db/others?ssl=false'],
  ['mysql://ann:sesame@db/yt', 'mysql://ann:sesame@other/yt'],
  ['cassandra://one:1,two:2/yt?ssl=true#rows', 'cassandra://one:1,two:2/yt?ssl=true#others'],
  ['sqlite:a?b', 'sqlite:a?c'],
  ['a?b', 'a?c'],
])('rows of %s and of %s go to different places', (one, other) => {
  expect(planPlace(one, 'to')).not.toBe(planPlace(other, 'to'));
});

it.each([
  ['kafka:a?format=avro', 'kafka:a?format=ndjson', false],
  ['kafka:a?format=avro&key=b', 'kafka:a?key=b&format=avro', true],
  ['kafka:a?compression=zstd&format=avro', 'kafka:a?format=avro', true],
])('whether %s gives the records that %s gives: %3$j', (one, other, same) => {
  expect(planPlace(one, 'from') === planPlace(other, 'from')).toBe(same);
});

it('has no password', () => {
  for (const word of ['mysql://ann:sesame@db/yt', 'mysql://ann:sesame@a:1,b:2/yt', 'cassandra://ann:ses@me@db/yt']) {
    expect(planPlace(word, 'to')).not.toMatch(/ses|me@/);
  }
});
