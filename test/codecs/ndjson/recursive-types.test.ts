import { expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { decode } from './decode.js';

it('checks a type that contains itself all the way down, below a field that may be null, too', () => {
  const schema = parseSchema(
    {
      type: 'record',
      name: 'T',
      fields: [
        { name: 'k', type: 'string' },
        { name: 'children', type: ['null', { type: 'array', items: 'T' }], default: null },
      ],
    },
    'T',
  );
  const good = '{"k":"a","children":[{"k":"b","children":[{"k":"c","children":null}]}]}';
  const bad = [
    '{"k":"a","children":[{"k":"b","children":[{"k":1}]}]}',
    '{"k":"a","children":[{"k":"b","children":[{}]}]}',
  ];
  const { rows, reasons } = decode(schema, Buffer.from([good, ...bad].map((line) => `${line}\n`).join('')));
  expect(rows).toHaveLength(1);
  expect(reasons).toEqual([
    'field children[0].children[0].k must be a string, not 1',
    'field children[0].children[0].k is missing',
  ]);
});
