import { describe, expect, it } from 'vitest';
import { deriveRollup, deriveWindow } from '../../src/records/derive.js';
import { jsonText, parseJson } from '../../src/records/json-text.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import type { RecordSchema } from '../../src/records/schema.js';
import { schemaJson } from '../../src/records/schema-json.js';

const written = (schema: RecordSchema): RecordSchema => parseSchema(parseJson(jsonText(schemaJson(schema))), 'written');

const flight = parseSchema(
  {
    type: 'record',
    name: 'Flight',
    namespace: 'air.port',
    doc: 'One departure.',
    fields: [
      { name: 'carrier', type: { type: 'enum', name: 'Carrier', symbols: ['AA', 'BB'] } },
      { name: 'other', type: ['null', 'Carrier'], default: null },
      { name: 'time_hour', type: { type: 'long', logicalType: 'timestamp-micros' } },
      { name: 'delay', type: ['double', 'null'], default: 1.5 },
      { name: 'tail', type: { type: 'fixed', name: 'Tail', namespace: 'plane', size: 4 }, default: '\u0000\u0001ÿ!' },
      { name: 'tags', type: { type: 'map', values: { type: 'array', items: ['null', 'string', 'plane.Tail'] } } },
      { name: 'free', type: { type: 'fixed', name: 'Free', namespace: '', size: 1 } },
      {
        name: 'stops',
        type: {
          type: 'record',
          name: 'Stop',
          fields: [
            { name: 'at', type: 'string' },
            { name: 'next', type: ['null', 'Stop'] },
            { name: 'by', type: 'Carrier' },
          ],
        },
      },
      { name: 'any', type: ['int', 'string', 'null'] },
    ],
    freshet: {
      key: ['carrier', 'stops.at'],
      time: { field: 'time_hour', unit: 'us' },
      tables: { monthly: { name: 'flight_monthly', columns: { carrier: 'c' } }, daily: { name: 'd' } },
    },
  },
  'flight',
);

/** Everything that Avro lets a schema say, where freshet makes something of it and where it does not. */
const documented = {
  type: 'record',
  name: 'sale',
  namespace: 'shop',
  doc: 'One sale.',
  aliases: ['purchase'],
  owner: { team: 'till' },
  fields: [
    { name: 'id', type: 'string', aliases: ['sale_id'], doc: 'Its number.', order: 'descending' },
    {
      name: 'price',
      type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2, currency: 'EUR' },
      doc: 'What was paid.',
    },
    {
      name: 'tax',
      type: [
        'null',
        { type: 'fixed', name: 'Rate', doc: 'A share.', size: 4, logicalType: 'decimal', precision: 4, scale: 4 },
      ],
      default: null,
    },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis', zone: 'UTC' } },
    {
      name: 'kind',
      type: {
        type: 'enum',
        name: 'Kind',
        doc: 'How.',
        aliases: ['Way', 'old.Way'],
        symbols: ['CASH', 'OTHER'],
        default: 'OTHER',
      },
    },
    {
      name: 'tags',
      type: { type: 'array', items: { type: 'string', 'avro.java.string': 'String' }, doc: 'Free words.' },
    },
    { name: 'more', type: { type: 'map', values: { type: 'string', logicalType: 'uuid' }, doc: 'The rest.' } },
    {
      name: 'shop',
      type: {
        type: 'record',
        name: 'Shop',
        doc: 'Where.',
        aliases: ['Store'],
        fields: [{ name: 'city', type: 'string', doc: 'Its city.' }],
      },
    },
  ],
  freshet: { key: ['id'], time: { field: 'at', unit: 'ms' } },
};

describe('schemaJson', () => {
  it('loses nothing that a schema says', () => {
    expect(schemaJson(parseSchema(documented, 'sale'))).toEqual(documented);
  });

  it('loses nothing of the fields of a derived type', () => {
    const daily = schemaJson(deriveRollup(parseSchema(documented, 'sale'), 'daily'));
    expect(daily.fields).toEqual(expect.arrayContaining(documented.fields));
  });

  it('reads a decimal that is not valid as the type that it is kept in', () => {
    const type = { type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 };
    const schema = parseSchema({ type: 'record', name: 'r', fields: [{ name: 'a', type }] }, 'r');
    expect(schemaJson(schema).fields).toEqual([{ name: 'a', type: { type: 'bytes', precision: 2, scale: 3 } }]);
  });

  it('gives a schema back as it was', () => {
    expect(written(flight)).toEqual(flight);
  });

  it('keeps what makes a type a derived one', () => {
    const monthly = deriveRollup(flight, 'monthly');
    expect(written(monthly)).toEqual(monthly);
    const [carrier] = flight.fields;
    if (carrier === undefined) throw new Error('no carrier');
    const window = deriveWindow(flight, [carrier], [{ name: 'avg', type: { kind: 'double' }, nullable: true }], true);
    expect(written(window)).toEqual(window);
  });

  it('writes no annotation where there is none', () => {
    const plain = parseSchema({ type: 'record', name: 'p', fields: [] }, 'p');
    expect(schemaJson(plain)).toEqual({ type: 'record', name: 'p', fields: [] });
  });

  it('defines a named type once', () => {
    const text = jsonText(schemaJson(flight));
    expect(text.match(/"symbols"/g)).toHaveLength(1);
    expect(text.match(/"air.port.Carrier"/g)).toHaveLength(2);
  });
});
