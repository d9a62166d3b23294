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

describe('schemaJson', () => {
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
