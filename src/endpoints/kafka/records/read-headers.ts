import type { RecordHeader } from '../../../records/batch.js';
import { RecordCursor } from './record-cursor.js';

/**
 * The headers of a record (https://kafka.apache.org/documentation/#recordheader), whose count begins at `start`. Their
 * values are borrowed from the record.
 */
export function readHeaders(buffer: Uint8Array, start: number): RecordHeader[] {
  const cursor = new RecordCursor(buffer, start);
  return Array.from({ length: Math.max(0, cursor.number()) }, () => {
    const name = Buffer.from(cursor.bytes() ?? []).toString();
    return { name, value: cursor.bytes() };
  });
}
