import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCodec } from '../../../src/codecs/csv/csv-codec.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { contextOf } from '../decode-all.js';
import { Reader } from './reread.js';
import { firstCsvRecord } from './slow-reader.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn("python3 can't be run: CSV is not compared with Python's csv module");

const schema = parseSchema(
  { type: 'record', name: 'texts', fields: ['a', 'b', 'c'].map((name) => ({ name, type: 'string' })) },
  'texts',
);

const READ =
  'import csv, io, json, sys; print(json.dumps([list(csv.reader(io.StringIO(t, newline=""))) for t in json.load(sys.stdin)]))';
const WRITE =
  'import csv, io, json, sys\nout = []\nfor rows in json.load(sys.stdin):\n  s = io.StringIO(newline="")\n  csv.writer(s).writerows(rows)\n  out.append(s.getvalue())\nprint(json.dumps(out))';

function python(program: string, input: unknown): unknown {
  const { stdout, stderr } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(input),
    maxBuffer: 1 << 28,
  });
  if (stdout.length === 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString());
}

const cells = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\t', ' ', 'é', 'x', 'yz'), maxLength: 6 });
const records = fc.array(fc.tuple(cells, cells, cells), { maxLength: 6 });

describe.skipIf(!hasPython)("Python's csv module", () => {
  it('reads what is written, and what it writes is read', () => {
    const samples = fc.sample(records, 500);
    const encoded = samples.map((rows) => {
      const encoder = csvCodec.encoder({ schema, append: true });
      return Buffer.from(
        encoder.encode(
          batchFromRows(
            schema,
            rows.map(([a, b, c]) => ({ a, b, c })),
          ),
        ),
      ).toString();
    });
    expect(python(READ, encoded)).toEqual(samples);
    const reader = new Reader(csvCodec, contextOf(schema));
    const written = python(WRITE, samples) as string[];
    for (const [at, text] of written.entries()) {
      const { rows } = reader.read(`a,b,c\n${text}`, [7]);
      expect(rows.map(({ a, b, c }) => [a, b, c])).toEqual(samples[at]);
    }
  });

  it('reads any text alike, but for quotes that RFC 4180 does not allow', () => {
    const texts = fc.sample(
      fc.string({ unit: fc.constantFrom('"', '""', ',', '\n', '\r\n', 'x', ' '), maxLength: 14 }),
      3000,
    );
    const reader = new Reader(csvCodec, contextOf(schema));
    const wanted = python(READ, texts) as string[][][];
    let compared = 0;
    for (const [at, text] of texts.entries()) {
      if (!isWhole(text)) continue;
      compared++;
      const { rows } = reader.read(`a,b,c\n${text}`, [3]);
      expect(rows.map(({ a, b, c }) => [a, b, c])).toEqual(wanted[at].filter((record) => record.length === 3));
    }
    expect(compared).toBeGreaterThan(1000);
  });
});

/** Whether all the quotes of a text are well placed. */
function isWhole(text: string): boolean {
  for (let rest = text; rest !== ''; ) {
    const { raw, cells } = firstCsvRecord(rest);
    if (cells === undefined) return false;
    rest = rest.slice(raw.length);
  }
  return true;
}
