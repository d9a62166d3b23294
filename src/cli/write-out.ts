import type { ByteSink } from '../endpoints/endpoint.js';
import { openByteSink } from '../endpoints/file-sink.js';

/** Standard output for records that a command writes itself. */
export function openStandardOutput(): ByteSink {
  return openByteSink('-', false);
}

/** Writes text to standard output and waits until it is taken. */
export async function writeOut(text: string): Promise<void> {
  const out = openStandardOutput();
  await out.write(Buffer.from(text));
  await out.flush();
}
