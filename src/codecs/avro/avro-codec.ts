import type { Codec } from '../codec.js';
import { appendingEncoder } from './appending-encoder.js';
import { AvroDecoder } from './decoder.js';
import { AvroEncoder } from './encoder.js';
import { AvroRecordDecoder } from './record-decoder.js';
import { AvroValueDecoder } from './value-decoder.js';

/** Avro's object container files, and records that stand alone behind a header that names their schema. */
export const avroCodec: Codec = {
  format: 'avro',
  keepsRecords: true,
  decoder: (context) => new AvroDecoder(context),
  valueDecoder: (context) => new AvroValueDecoder(context),
  recordDecoder: (context) => new AvroRecordDecoder(context),
  encoder: (context) => new AvroEncoder(context),
  appender: appendingEncoder,
};
