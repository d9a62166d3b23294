import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm, fingerprintOf } from '../../../src/codecs/avro/fingerprint.js';
import { anyRecord } from './arbitrary-schema.js';
import { hasFastavro, runPython } from './fastavro.js';

/** fastavro's canonical form and fingerprint (little-endian, as hex) of each of some schemas. */
const FINGERPRINTS = `
import json, sys
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form
for line in open(sys.argv[1]):
    form = to_parsing_canonical_form(parse_schema(json.loads(line)))
    print(json.dumps([form, fingerprint(form, "CRC-64-AVRO")]))
`;

describe('the fingerprint of a schema', () => {
  it('is that of the specification’s parsing canonical form', () => {
    const schema = {
      type: 'record',
      name: 'reading',
      namespace: 'org.example',
      doc: 'is of no matter',
      fields: [
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, default: 0 },
        { name: 'unit', type: ['null', { type: 'enum', name: 'Unit', symbols: ['C', 'F'] }] },
        { name: 'other', type: { type: 'array', items: 'Unit' }, aliases: ['else'] },
      ],
      freshet: { key: ['at'] },
    };
    expect(canonicalForm(schema)).toBe(
      '{"name":"org.example.reading","type":"record","fields":[{"name":"at","type":"long"},{"name":"unit","type":["null",{"name":"org.example.Unit","type":"enum","symbols":["C","F"]}]},{"name":"other","type":{"type":"array","items":"org.example.Unit"}}]}',
    );
    // As Avro's own tests have it (share/test/data/schema-tests.txt).
    expect(fingerprintOf('"null"'.slice(1, -1))).toBe(BigInt.asUintN(64, 7195948357588979594n));
    expect(fingerprintOf({ type: 'fixed', name: 'foo', size: 15 })).toBe(BigInt.asUintN(64, 1756455273707447556n));
  });

  it.runIf(hasFastavro())('is what fastavro computes', () => {
    const schemas = fc.sample(anyRecord(2), { numRuns: 60, seed: 4 }).map(({ schema }, at) => ({
      ...(schema as object),
      ...(at % 2 === 0 ? {} : { namespace: 'a.b' }),
    }));
    const said = runPython(FINGERPRINTS, Buffer.from(schemas.map((schema) => `${JSON.stringify(schema)}\n`).join('')));
    const found = schemas.map((schema) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(fingerprintOf(schema));
      return [canonicalForm(schema), bytes.toString('hex')];
    });
    expect(found).toEqual(
      said
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    );
  });
});
