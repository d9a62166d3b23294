/** Confluent's wire format: a zero, and the number of the schema in the registry. */
const REGISTRY_MAGIC = 0;
const REGISTRY_BYTES = 5;
/** Avro 1.12, "Single-object encoding specification": a magic number, and the schema's fingerprint. */
const SINGLE_MAGIC = [0xc3, 0x01] as const;
const SINGLE_BYTES = 10;

/** What stands in front of a record that stands alone: which schema it was written with. */
export interface ValueHeader {
  /** A registry's number of the schema, or its fingerprint. */
  readonly schema: number | bigint;
  readonly bytes: Uint8Array;
}

/** Whether a value begins as one of Avro does. */
export function looksLikeAvro(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
  if (start >= end) return false;
  return bytes[start] === REGISTRY_MAGIC || (bytes[start] === SINGLE_MAGIC[0] && bytes[start + 1] === SINGLE_MAGIC[1]);
}

/** The header of a value that lies at [start, end): an own copy. A sentence where it has none. */
export function readValueHeader(bytes: Uint8Array, start: number, end: number): ValueHeader | string {
  if (start === end) return 'the value is empty';
  if (!looksLikeAvro(bytes, start, end)) {
    return 'the value is no Avro: it begins neither with 0 and the number of a schema nor with C3 01 and a fingerprint';
  }
  const length = bytes[start] === REGISTRY_MAGIC ? REGISTRY_BYTES : SINGLE_BYTES;
  if (end - start < length) return `the value is cut: it ends within the ${length} bytes that name its schema`;
  const header = bytes.slice(start, start + length);
  const view = new DataView(header.buffer);
  return { bytes: header, schema: length === REGISTRY_BYTES ? view.getUint32(1) : view.getBigUint64(2, true) };
}

/** What a schema is called in sentences. */
export function schemaName(schema: ValueHeader['schema']): string {
  return typeof schema === 'number' ? `schema ${schema}` : `the schema with the fingerprint ${hexOf(schema)}`;
}

/** A fingerprint as 16 hexadecimal digits. */
export function hexOf(fingerprint: bigint): string {
  return fingerprint.toString(16).padStart(16, '0');
}

/** Whether a value that lies at [start, end) has this header. */
export function hasHeader(header: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= header.length && header.every((byte, at) => bytes[start + at] === byte);
}

/** The header of records whose schema has a number in a registry. */
export function registryHeader(id: number): Uint8Array {
  const header = new Uint8Array(REGISTRY_BYTES);
  new DataView(header.buffer).setUint32(1, id);
  return header;
}

/** The header of records that name their schema by its fingerprint. */
export function fingerprintHeader(fingerprint: bigint): Uint8Array {
  const header = new Uint8Array(SINGLE_BYTES);
  header.set(SINGLE_MAGIC);
  new DataView(header.buffer).setBigUint64(2, fingerprint, true);
  return header;
}
