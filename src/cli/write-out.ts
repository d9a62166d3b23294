import { openByteSink } from '../endpoints/file-sink.js';

/** Writes text to standard output and waits until it is taken. */
export async function writeOut(text: string): Promise<void> {
  const out = openByteSink('-', false);
  await out.write(Buffer.from(text));
  await out.flush();
}
