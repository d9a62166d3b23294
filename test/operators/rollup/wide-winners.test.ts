import { expect, it } from 'vitest';
import { NdjsonDecoder } from '../../../src/codecs/ndjson/decoder.js';
import { NdjsonEncoder } from '../../../src/codecs/ndjson/encoder.js';
import { kernel } from '../../../src/kernel/kernel.js';
import { RollupOperator } from '../../../src/operators/rollup/rollup-operator.js';
import { RecordReaders } from '../../../src/pipeline/record-readers.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { calendarOf } from '../../../src/records/time/calendar.js';
import { UTC } from '../../../src/records/time/zone.js';

const FIELDS = ['f1', 'f2', 'f3', 'f4', 'f5'];
const schema = parseSchema(
  {
    type: 'record',
    name: 'wide',
    freshet: { key: ['id'], time: 'at' },
    fields: ['id', 'at', ...FIELDS].map((name) => ({ name, type: 'string' })),
  },
  'wide',
);

/** Takes what the kernel's memory has left, all but `bytes`: what needs more makes it grow. */
function leave(bytes: number): void {
  const block = 16 * 1024;
  const { length } = kernel().views.u8;
  while (kernel().allocate(block) + 3 * block < length - bytes);
  expect(kernel().views.u8).toHaveLength(length);
}

it('tells which of two records of the same time is the greater while there is no memory left', async () => {
  const access = new RecordReaders(schema, UTC, []);
  await access.load();
  const calendar = calendarOf('daily', UTC);
  const operator = new RollupOperator({ schema, calendar, emit: 'close', partitions: 1, access, now: Date.now });
  const projection = { paths: [...operator.reads], records: true };
  const decoder = new NdjsonDecoder({ schema, projection, zone: UTC, source: 'test', partition: 0 });
  const records = Array.from({ length: 100 }, (_, index) => ({
    id: `k${index % 2}`,
    at: '2017-08-01T06:00:00',
    ...Object.fromEntries(FIELDS.map((name) => [name, `${name} ${(index * 37) % 100}`])),
  }));
  const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  decoder.space(lines.length).set(lines);
  decoder.filled(lines.length);
  const batch = decoder.next();
  leave(64 * 1024);
  operator.process(batch ?? expect.unreachable());

  const greatest = ['k0', 'k1'].map((id) =>
    records.filter((record) => record.id === id).reduce((a, b) => (JSON.stringify(a) > JSON.stringify(b) ? a : b)),
  );
  const encoder = new NdjsonEncoder({ schema });
  const rows = Array.from(operator.flush('end'), (rows) =>
    Buffer.from(encoder.encode(rows)).toString().trim().split('\n'),
  ).flat();
  expect(rows.map((row) => JSON.parse(row))).toEqual(greatest);
});
