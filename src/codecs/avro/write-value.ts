import { bug } from '../../records/errors.js';
import { branchOf, isRow } from '../../records/fit-value.js';
import type { Field, FieldType } from '../../records/schema.js';
import type { Row, Value } from '../../records/value.js';
import type { ByteWriter } from '../byte-writer.js';

/** Writes Avro's binary encoding of a value that fits the type (Avro 1.12, "Binary Encoding"). */
export function writeValue(out: ByteWriter, type: FieldType, value: Value): void {
  switch (type.kind) {
    case 'null':
      break;
    case 'boolean':
      out.byte(value === true ? 1 : 0);
      break;
    case 'int':
    case 'long':
      if (typeof value === 'bigint') writeBigLong(out, value);
      else writeLong(out, Number(value));
      break;
    case 'float':
      writeFloat(out, Number(value));
      break;
    case 'double':
      writeDouble(out, Number(value));
      break;
    case 'string':
      writeText(out, String(value));
      break;
    case 'enum':
      writeLong(out, type.symbols.indexOf(String(value)));
      break;
    case 'bytes':
    case 'fixed': {
      const bytes = value instanceof Uint8Array ? value : bug(`${typeof value} in place of bytes`);
      if (type.kind === 'bytes') writeLong(out, bytes.length);
      out.copy(bytes, 0, bytes.length);
      break;
    }
    case 'array': {
      const items = Array.isArray(value) ? value : bug(`${typeof value} in place of an array`);
      if (items.length > 0) writeLong(out, items.length);
      for (const item of items) writeValue(out, type.items, item);
      out.byte(0);
      break;
    }
    case 'map': {
      const entries = Object.entries(isRow(value) ? value : bug(`${typeof value} in place of a map`));
      if (entries.length > 0) writeLong(out, entries.length);
      for (const [name, one] of entries) {
        writeText(out, name);
        writeValue(out, type.values, one);
      }
      out.byte(0);
      break;
    }
    case 'record':
      writeRecord(out, type.fields, isRow(value) ? value : bug(`${typeof value} in place of a record`));
      break;
    case 'union': {
      const branch = branchOf(type.branches, value);
      writeLong(out, branch);
      writeValue(out, type.branches[branch], value);
      break;
    }
  }
}

export function writeRecord(out: ByteWriter, fields: readonly Field[], record: Row): void {
  for (const field of fields) {
    const value = record[field.name] ?? null;
    if (field.nullable) out.byte(2 * (value === null ? field.nullBranch : 1 - field.nullBranch));
    if (!field.nullable || value !== null) writeValue(out, field.type, value);
  }
}

const MAX_VARINT = 10;
const INT_LIMIT = 2 ** 30;

/** A whole number within ±(2^53 − 1) as a zigzag varint. */
export function writeLong(out: ByteWriter, value: number): void {
  if (!(value >= -INT_LIMIT && value < INT_LIMIT)) {
    writeBigLong(out, BigInt(value));
    return;
  }
  out.room(MAX_VARINT);
  const { bytes } = out;
  let { at } = out;
  let rest = (value << 1) ^ (value >> 31);
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  out.at = at;
}

/** A whole number of 64 bits as a zigzag varint. */
export function writeBigLong(out: ByteWriter, value: bigint): void {
  out.room(MAX_VARINT);
  let rest = value >= 0n ? value << 1n : (-value << 1n) - 1n;
  while (rest > 0x7fn) {
    out.bytes[out.at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  out.bytes[out.at++] = Number(rest);
}

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

export function writeDouble(out: ByteWriter, value: number): void {
  scratch.setFloat64(0, value, true);
  out.copy(scratchBytes, 0, 8);
}

export function writeFloat(out: ByteWriter, value: number): void {
  scratch.setFloat32(0, value, true);
  out.copy(scratchBytes, 0, 4);
}

export function writeText(out: ByteWriter, text: string): void {
  writeLong(out, Buffer.byteLength(text));
  out.text(text);
}
