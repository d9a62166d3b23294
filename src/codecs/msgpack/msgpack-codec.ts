import type { Codec } from '../codec.js';
import { MsgpackDecoder } from './decoder.js';
import { MsgpackEncoder } from './encoder.js';
import { MsgpackRecordDecoder } from './record-decoder.js';
import { MsgpackValueDecoder } from './value-decoder.js';

/** MessagePack, a map a record. */
export const msgpackCodec: Codec = {
  format: 'msgpack',
  keepsRecords: true,
  decoder: (context) => new MsgpackDecoder(context),
  valueDecoder: (context) => new MsgpackValueDecoder(context),
  recordDecoder: (context) => new MsgpackRecordDecoder(context),
  encoder: (context) => new MsgpackEncoder(context),
};
