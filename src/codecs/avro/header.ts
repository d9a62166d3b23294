import { DataError, UsageError } from '../../records/errors.js';
import { JsonError, parseJson } from '../../records/json-text.js';
import { parseSchema } from '../../records/parse-schema.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { Cursor, Malformed } from './cursor.js';
import { parseWireType, type WireType } from './wire-type.js';

/** `Obj` and the version 1, with which an object container file begins (Avro 1.12, "Object Container Files"). */
export const MAGIC: Uint8Array = Buffer.from('Obj\x01', 'latin1');
export const SYNC_BYTES = 16;

/** What stands in front of the blocks of an object container file. */
export interface Header {
  /** How the data is laid out. */
  readonly type: WireType;
  /** The schema as the file has it. */
  readonly json: Value;
  /** The compression of the blocks: null, deflate, … */
  readonly codec: string;
  readonly sync: Uint8Array;
  /** How many bytes it takes. */
  readonly length: number;
}

/**
 * Reads a header from the front of `bytes`; undefined when they end before it does.
 * @throws UsageError where it is none, DataError where it is damaged
 */
export function readHeader(bytes: Uint8Array, source: string): Header | undefined {
  const head = Math.min(bytes.length, MAGIC.length);
  if (Buffer.compare(bytes.subarray(0, head), MAGIC.subarray(0, head)) !== 0) {
    throw new UsageError(
      `${source} is not an Avro object container file: it does not begin with Obj and the version 1`,
      'Say what it is with --from-format, or leave that out to have it found out.',
    );
  }
  if (bytes.length <= MAGIC.length) return undefined;
  const cursor = new Cursor().set(bytes, MAGIC.length, bytes.length);
  const entries = new Map<string, Uint8Array>();
  try {
    for (let count = cursor.blockCount(); count > 0; count = cursor.blockCount()) {
      for (let at = 0; at < count; at++) {
        const name = Buffer.from(slice(cursor)).toString('utf8');
        entries.set(name, slice(cursor));
      }
    }
    const start = cursor.take(SYNC_BYTES);
    const schema = entries.get('avro.schema') ?? fail(source, 'it has no schema');
    const json = parseSchemaText(schema, source);
    const codec = Buffer.from(entries.get('avro.codec') ?? []).toString('utf8');
    return {
      type: parseWireType(json, source),
      json,
      codec: codec === '' ? 'null' : codec,
      sync: bytes.slice(start, cursor.at),
      length: cursor.at,
    };
  } catch (error) {
    // More bytes may make it whole.
    if (error instanceof Malformed && bytes.length < MAX_HEADER) return undefined;
    if (error instanceof Malformed) fail(source, error.message);
    throw error;
  }
}

/** Beyond this a header that can't be read is taken to be damaged. */
export const MAX_HEADER = 16 * 1024 * 1024;

function slice(cursor: Cursor): Uint8Array {
  const start = cursor.take(cursor.length());
  return cursor.bytes.slice(start, cursor.at);
}

function parseSchemaText(text: Uint8Array, source: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) fail(source, `its schema is ${error.message}`);
    throw error;
  }
}

function fail(source: string, what: string): never {
  throw new DataError(`The Avro header of ${source} is damaged: ${what}`, 'Write the file anew.');
}

/** The schema of an object container file, and what appending to it needs. */
export interface AvroHeader {
  /** The file's own schema with its freshet annotation, if it has one: `key` is empty and `time` absent without. */
  readonly schema: RecordSchema;
  readonly codec: string;
  readonly sync: Uint8Array;
  /** How many bytes the header takes. */
  readonly length: number;
}

/**
 * The header of an object container file of records, read from its first bytes; undefined when they are not enough.
 * @param source what to call the file in errors
 * @throws UsageError where they are no such header or its schema is none of a record, DataError where it is damaged
 */
export function readAvroHeader(bytes: Uint8Array, source = 'the input'): AvroHeader | undefined {
  const header = readHeader(bytes, source);
  if (header === undefined) return undefined;
  const { json, codec, sync, length } = header;
  return { schema: parseSchema(json, source), codec, sync, length };
}
