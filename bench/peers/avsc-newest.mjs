// avsc's own decoder: the newest record per channel and day of an Avro object container file. Argument: FILE|-.
import { createReadStream } from 'node:fs';
import avro from 'avsc';
import { NewestRecords } from './newest-records.mjs';

const [path] = process.argv.slice(2);
const input = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 256 * 1024 });
const newest = new NewestRecords();
const decoder = new avro.streams.BlockDecoder();
decoder.on('data', (record) => newest.add(record));
decoder.on('end', () => newest.write());
input.pipe(decoder);
