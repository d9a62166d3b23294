export { childNode, scanAvro } from './avro';
export { scanAvroValues } from './avro-values';
export { csvRecordEnd, scanCsv } from './csv';
export { dictionaryIntern, dictionaryRehash } from './dictionary';
export { indexNames, namesSize } from './field-names';
export { inflate, inflatedTo } from './inflate';
export { setScratch } from './json';
export { fillBytes, moveBytes } from './move';
export { foldNewest, gatherNewest, takeChanged } from './newest';
export { packLz4 } from './pack-lz4';
export { packSnappy } from './pack-snappy';
export { scanLines, scanRecords, traceRecord } from './lines';
export { frameRecords, partitionsOf, sizeRecords } from './record-frames';
export { lineFeeds, linesOf, linesWritten, maybeBlank, splitRecords } from './records';
export { writeRows } from './rows';
export { endTrace } from './trace';
export { unpackLz4 } from './unpack-lz4';
export { unpackSnappy } from './unpack-snappy';
export { beginZstd, unpackZstd } from './zstd';

/** Where memory that JavaScript may hand out begins. */
export function heapBase(): usize {
  return __heap_base;
}
