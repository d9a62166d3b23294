import type { Codec } from '../codec.js';
import { NdjsonDecoder } from './decoder.js';
import { NdjsonEncoder } from './encoder.js';
import { NdjsonRecordDecoder } from './record-decoder.js';
import { NdjsonValueDecoder } from './value-decoder.js';

export const ndjsonCodec: Codec = {
  format: 'ndjson',
  keepsRecords: true,
  decoder: (context) => new NdjsonDecoder(context),
  valueDecoder: (context) => new NdjsonValueDecoder(context),
  recordDecoder: (context) => new NdjsonRecordDecoder(context),
  encoder: (context) => new NdjsonEncoder(context),
};
