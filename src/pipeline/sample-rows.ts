import type { Codec } from '../codecs/codec.js';
import { UsageError } from '../records/errors.js';
import { JsonError, parseJson } from '../records/json-text.js';
import { rowsOf } from '../records/rows.js';
import type { RecordSchema } from '../records/schema.js';
import { UTC } from '../records/time/zone.js';
import type { Row, Value } from '../records/value.js';
import type { OpenInput } from './open-inputs.js';

const MOST = 10_000;
const LINE_FEED = 10;

/** The first records of an input, as far as its first bytes hold them whole, without any schema. */
export async function sampleRows({ name, format, codec }: OpenInput, head: Uint8Array): Promise<Row[]> {
  if (head.length === 0) throw new UsageError(`${name} is empty: there is nothing to look at`);
  switch (format) {
    case 'csv':
    case 'tsv':
      return codec === undefined ? [] : delimitedRows(name, head, codec, format);
    case 'ndjson':
      return jsonRows(head);
    default:
      throw new UsageError(
        `${name}: no schema can be inferred from ${format}`,
        format === 'avro'
          ? 'Avro files carry their schema: see `freshet schema show FILE`.'
          : 'Convert a part of it to JSON lines.',
      );
  }
}

function jsonRows(head: Uint8Array): Row[] {
  const rows: Row[] = [];
  for (const line of wholeLines(head)) {
    if (rows.length >= MOST) break;
    try {
      const value = parseJson(line);
      for (const one of Array.isArray(value) ? value : [value]) if (isRow(one)) rows.push(one);
    } catch (error) {
      // A broken line says nothing of the others' type.
      if (!(error instanceof JsonError)) throw error;
    }
  }
  return rows;
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

function* wholeLines(head: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let end = head.indexOf(LINE_FEED); end >= 0; end = head.indexOf(LINE_FEED, from)) {
    if (end > from) yield head.subarray(from, end);
    from = end + 1;
  }
  // Without any line feed the head is one line; else the rest may be cut.
  if (from === 0) yield head;
}

function isRow(value: Value): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
