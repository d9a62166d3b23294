import type { Format } from '../codecs/codec.js';
import type { PeekedSource } from '../endpoints/peeked-source.js';
import type { RecordSchema } from '../records/schema.js';
import { formatOfBytes, hasLine, tellsFormat } from './formats.js';

/** Finds out the format where it is not known, and looks at the first line of JSON lines. */
export async function formatOf(bytes: PeekedSource, known: Format | undefined): Promise<Format> {
  await bytes.peek(known === undefined ? tellsFormat : () => true);
  const format = known ?? formatOfBytes(bytes.head);
  if (format === 'ndjson') await bytes.peek(hasLine);
  return format;
}

/** The first bytes, up to 256 KiB, or until there are enough. */
export async function sampleOf(
  bytes: PeekedSource,
  isEnough: (head: Uint8Array) => boolean = () => false,
): Promise<Uint8Array> {
  await bytes.peek(isEnough);
  return bytes.head;
}

/** The schema that an Avro file's header has. */
export async function embeddedSchema(bytes: PeekedSource, format: Format): Promise<RecordSchema | undefined> {
  if (format !== 'avro') return undefined;
  const { MAX_HEADER, readAvroHeader } = await import('../codecs/avro/header.js');
  await bytes.peek((head) => readAvroHeader(head, bytes.name) !== undefined, MAX_HEADER);
  return bytes.head.length === 0 ? undefined : readAvroHeader(bytes.head, bytes.name)?.schema;
}
