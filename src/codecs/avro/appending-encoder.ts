import { UsageError } from '../../records/errors.js';
import type { EncodeContext, Encoder, ExistingFile } from '../codec.js';
import { AvroEncoder } from './encoder.js';
import { type Header, MAGIC, readHeader, SYNC_BYTES } from './header.js';
import { sameLayout } from './same-layout.js';

const FIRST_READ = 64 * 1024;
const NEXT = 'Write to another file; --from takes several.';

/**
 * An encoder that adds blocks to an object container file, with its sync marker and its compression.
 * @throws UsageError where the file has another schema or compression, one that freshet does not write, or no whole
 * block at its end: what came after a block that is cut could not be found again
 */
export function appendingEncoder(context: EncodeContext, file: ExistingFile): Encoder {
  const { name: shown } = file;
  const { codec, sync, type, length } = headerOf(file);
  if (codec !== 'null' && codec !== 'deflate' && codec !== 'snappy') {
    throw new UsageError(`${shown} is compressed with ${codec}, which freshet does not write`, NEXT);
  }
  if (context.compression !== undefined && context.compression !== codec) {
    throw new UsageError(
      `${shown} is ${codec === 'null' ? 'not compressed' : `compressed with ${codec}`}, and what is added to it can't be otherwise`,
      'Leave out --compression, or write to another file.',
    );
  }
  const { name, fields } = context.schema;
  if (!sameLayout(type, { kind: 'record', name, fields })) {
    throw new UsageError(`${shown} holds records of another schema than ${name}, so none can be added`, NEXT);
  }
  const end = file.read(Math.max(length, file.size) - SYNC_BYTES, SYNC_BYTES);
  if (Buffer.compare(end, sync) !== 0) {
    throw new UsageError(
      `${shown} does not end with a whole block, so nothing can be added: it is cut, or being written`,
      NEXT,
    );
  }
  return new AvroEncoder({ ...context, append: true }, { codec, sync });
}

function headerOf(file: ExistingFile): Header {
  for (let length = FIRST_READ; ; length *= 4) {
    const head = file.read(0, length);
    if (Buffer.compare(head.subarray(0, MAGIC.length), MAGIC.subarray(0, head.length)) !== 0) {
      throw new UsageError(`${file.name} is no Avro file, so no Avro records can be added`, NEXT);
    }
    const header = readHeader(head, file.name);
    if (header !== undefined) return header;
    if (head.length < length) {
      throw new UsageError(`${file.name} ends inside of its Avro header, so nothing can be added`, NEXT);
    }
  }
}
