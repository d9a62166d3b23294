import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ByteRun } from './byte-run.mjs';
import { channelNames, Harvests, TIME_LENGTH } from './harvests.mjs';

/** Records of a block: about 64 KB, the usual size of other writers. */
const BLOCK_RECORDS = 1500;
const SYNC = createHash('md5').update('freshet bench').digest();

/** The records of writeNdjson() as an Avro object container file (Avro 1.12), its blocks not compressed. */
export function writeAvro(file, plan) {
  const names = channelNames(plan.channels);
  const harvests = new Harvests(plan);
  writeHeader(file);
  const block = new ByteRun(BLOCK_RECORDS * 100);
  for (let left = plan.records; left > 0; left -= BLOCK_RECORDS) {
    const count = Math.min(left, BLOCK_RECORDS);
    block.at = 0;
    for (let record = 0; record < count && harvests.next(); record++) writeRecord(block, names, harvests);
    writeLong(file, count);
    writeLong(file, block.at);
    for (let from = 0; from < block.at; from += 4096) {
      file.bytes(block.buffer.subarray(from, Math.min(block.at, from + 4096)));
      file.room();
    }
    file.bytes(SYNC);
    file.room();
  }
}

function writeRecord(block, names, harvests) {
  const name = names[harvests.channel];
  writeLong(block, name.length);
  block.bytes(name);
  writeLong(block, TIME_LENGTH);
  harvests.writeTime(block);
  writeLong(block, harvests.subs);
}

function writeHeader(file) {
  const schema = JSON.stringify(JSON.parse(readFileSync(new URL('../../schemas/yt.avsc', import.meta.url), 'utf8')));
  file.text('Obj\x01');
  const entries = { 'avro.schema': schema, 'avro.codec': 'null' };
  writeLong(file, Object.keys(entries).length);
  for (const [name, value] of Object.entries(entries)) {
    writeLong(file, Buffer.byteLength(name));
    file.text(name);
    writeLong(file, Buffer.byteLength(value));
    file.text(value);
  }
  writeLong(file, 0);
  file.bytes(SYNC);
}

/** Avro's zigzag varint of a whole number from 0 to 2^31 - 1. */
function writeLong(target, value) {
  let rest = value * 2;
  while (rest > 127) {
    target.buffer[target.at++] = (rest & 127) | 128;
    rest = Math.floor(rest / 128);
  }
  target.buffer[target.at++] = rest;
}
