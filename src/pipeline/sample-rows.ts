import type { Codec } from '../codecs/codec.js';
import { UsageError } from '../records/errors.js';
import { rowsOf } from '../records/rows.js';
import type { RecordSchema } from '../records/schema.js';
import { UTC } from '../records/time/zone.js';
import type { Row } from '../records/value.js';
import type { OpenInput } from './open-inputs.js';
import { jsonRows } from './sample-json.js';

const MOST = 10_000;
const LINE_FEED = 10;

/** The first records of an input, as far as its first bytes hold them whole, without any schema. */
export async function sampleRows({ name, format, codecs: [codec] = [] }: OpenInput, head: Uint8Array): Promise<Row[]> {
  if (head.length === 0) throw new UsageError(`${name} is empty: there is nothing to look at`);
  switch (format) {
    case 'csv':
    case 'tsv':
      return codec === undefined ? [] : delimitedRows(name, head, codec, format);
    case 'ndjson':
      return jsonRows(name, head, MOST);
    default:
      throw new UsageError(
        `${name}: no schema can be inferred from ${format}`,
        format === 'avro'
          ? 'Avro files carry their schema: see `freshet schema show FILE`.'
          : 'Convert a part of it to JSON lines.',
      );
  }
}

/**
 * The names in the first line of CSV or TSV, as names that Avro allows: the decoder takes `Airport Name` for
 * Airport_Name.
 */
export async function headerNames(head: Uint8Array, format: 'csv' | 'tsv'): Promise<string[]> {
  const { headerCells } = await import('../codecs/csv/csv-codec.js');
  return headerCells(Buffer.from(head), format).map((name) => avroName(name.trim()));
}

function avroName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

/** A type whose fields are all text. */
export function textSchema(names: readonly string[]): RecordSchema {
  const fields = names.map((name) => ({
    name,
    type: { kind: 'string' as const },
    nullable: true,
    nullBranch: 0 as const,
  }));
  return { name: 'rows', fields, key: [], tables: {} };
}

/** Cells as text, by the names in the first line. */
async function delimitedRows(source: string, head: Uint8Array, codec: Codec, format: 'csv' | 'tsv'): Promise<Row[]> {
  const names = await headerNames(head, format);
  const schema = textSchema(names);
  const decoder = codec.decoder({
    schema,
    projection: { paths: names, records: false },
    zone: UTC,
    source,
    partition: 0,
  });
  const last = head.lastIndexOf(LINE_FEED);
  const whole = last < 0 ? head : head.subarray(0, last + 1);
  decoder.space(whole.length).set(whole);
  decoder.filled(whole.length);
  decoder.end();
  const rows: Row[] = [];
  for (let batch = decoder.next(); batch !== undefined && rows.length < MOST; batch = decoder.next()) {
    rows.push(...rowsOf(batch));
  }
  return rows;
}
