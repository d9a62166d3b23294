import { bug } from '../../records/errors.js';
import { branchOf, isRow } from '../../records/fit-value.js';
import type { FieldType } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import type { ByteWriter } from '../byte-writer.js';
import { NIL } from './item.js';

/** Writes a value that fits the type, each item in its shortest format (MessagePack specification, "Serialization"). */
export function writeValue(out: ByteWriter, type: FieldType, value: Value): void {
  if (value === null) {
    out.byte(NIL);
    return;
  }
  switch (type.kind) {
    case 'null':
      out.byte(NIL);
      break;
    case 'boolean':
      writeBoolean(out, value === true);
      break;
    case 'int':
    case 'long':
      if (typeof value === 'bigint') writeLong(out, value);
      else writeInteger(out, Number(value));
      break;
    case 'float':
      writeFloat(out, Number(value));
      break;
    case 'double':
      writeDouble(out, Number(value));
      break;
    case 'string':
    case 'enum':
      writeText(out, String(value));
      break;
    case 'bytes':
    case 'fixed': {
      const bytes = value instanceof Uint8Array ? value : bug(`${typeof value} in place of bytes`);
      writeBytes(out, bytes, 0, bytes.length);
      break;
    }
    case 'array': {
      const items = Array.isArray(value) ? value : bug(`${typeof value} in place of an array`);
      writeHead(out, items.length, 0x90, 16, 0xdc);
      for (const item of items) writeValue(out, type.items, item);
      break;
    }
    case 'map': {
      const entries = Object.entries(isRow(value) ? value : bug(`${typeof value} in place of a map`));
      writeHead(out, entries.length, 0x80, 16, 0xde);
      for (const [name, one] of entries) {
        writeText(out, name);
        writeValue(out, type.values, one);
      }
      break;
    }
    case 'record': {
      const record = isRow(value) ? value : bug(`${typeof value} in place of a record`);
      writeMapHead(out, type.fields.length);
      for (const field of type.fields) {
        writeText(out, field.name);
        writeValue(out, field.type, record[field.name] ?? null);
      }
      break;
    }
    case 'union':
      writeValue(out, type.branches[branchOf(type.branches, value)] ?? bug('no branch fits'), value);
      break;
  }
}

export function writeMapHead(out: ByteWriter, entries: number): void {
  writeHead(out, entries, 0x80, 16, 0xde);
}

export function writeBoolean(out: ByteWriter, value: boolean): void {
  out.byte(value ? 0xc3 : 0xc2);
}

/** A whole number within ±(2^53 − 1). */
export function writeInteger(out: ByteWriter, value: number): void {
  if (value >= 2 ** 32 || value < -(2 ** 31)) {
    writeLong(out, BigInt(value));
  } else if (value >= 0) {
    if (value < 0x80) out.byte(value);
    else if (value < 0x100) writeBigEndian(out, 0xcc, value, 1);
    else if (value < 0x10000) writeBigEndian(out, 0xcd, value, 2);
    else writeBigEndian(out, 0xce, value, 4);
  } else if (value >= -0x20) {
    out.byte(value & 0xff);
  } else if (value >= -0x80) {
    writeBigEndian(out, 0xd0, value, 1);
  } else {
    writeBigEndian(out, value >= -0x8000 ? 0xd1 : 0xd2, value, value >= -0x8000 ? 2 : 4);
  }
}

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** A whole number of 64 bits. */
export function writeLong(out: ByteWriter, value: bigint): void {
  const double = Number(value);
  if (double < 2 ** 32 && double >= -(2 ** 31)) {
    writeInteger(out, double);
    return;
  }
  out.byte(value < 0n ? 0xd3 : 0xcf);
  scratch.setBigInt64(0, value);
  out.copy(scratchBytes, 0, 8);
}

export function writeDouble(out: ByteWriter, value: number): void {
  out.byte(0xcb);
  scratch.setFloat64(0, value);
  out.copy(scratchBytes, 0, 8);
}

export function writeFloat(out: ByteWriter, value: number): void {
  out.byte(0xca);
  scratch.setFloat32(0, value);
  out.copy(scratchBytes, 0, 4);
}

export function writeText(out: ByteWriter, text: string): void {
  writeTextHead(out, Buffer.byteLength(text));
  out.text(text);
}

export function writeTextHead(out: ByteWriter, length: number): void {
  if (length < 32) out.byte(0xa0 | length);
  else if (length < 0x100) writeBigEndian(out, 0xd9, length, 1);
  else writeHead(out, length, 0, 0, 0xda);
}

export function writeBytes(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  if (end - start < 0x100) writeBigEndian(out, 0xc4, end - start, 1);
  else writeHead(out, end - start, 0, 0, 0xc5);
  out.copy(bytes, start, end);
}

/** A length in the first byte itself below `inline`, else in 2 bytes behind `wide`, else in 4 behind the next one. */
function writeHead(out: ByteWriter, length: number, short: number, inline: number, wide: number): void {
  if (length < inline) out.byte(short | length);
  else if (length < 0x10000) writeBigEndian(out, wide, length, 2);
  else writeBigEndian(out, wide + 1, length, 4);
}

function writeBigEndian(out: ByteWriter, first: number, value: number, size: number): void {
  out.room(1 + size);
  out.bytes[out.at++] = first;
  for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) out.bytes[out.at++] = (value >>> shift) & 0xff;
}
