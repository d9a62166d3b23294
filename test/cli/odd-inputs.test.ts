import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { freshet, inFolder, ROOT } from './run-freshet.js';

const fixture = (name: string): Buffer => readFileSync(join(ROOT, 'test/cases/fixtures', name));
const yt = fixture('yt.ndjson');
const snappy = fixture('fastavro-yt-snappy.avro');

const INPUTS: Readonly<Record<string, string | Buffer>> = {
  nothing: '',
  'a line feed': '\n',
  'a byte-order mark': '\uFEFF',
  'an open brace': '{',
  'an empty list': '[]\n',
  'an empty object': '{}\n',
  null: 'null\n',
  'a number': '12\n',
  'zero bytes': Buffer.alloc(1000),
  'bytes 255': Buffer.alloc(1000, 255),
  'UTF-16': Buffer.from(yt.toString(), 'utf16le'),
  'names of prototypes': '{"__proto__":1,"constructor":2,"toString":3}\n',
  'a key called __proto__': '{"yt_channel_id":"__proto__","harvest_ts":"2017-08-02T02:00:00","subs":1}\n',
  'a name of 70,000 letters': `{"${'k'.repeat(70_000)}":1}\n`,
  'thousands of names': `{${Array.from({ length: 3000 }, (_, n) => `"k${n}":${n}`).join(',')}}\n`,
  'brackets in brackets': `${'['.repeat(5000)}\n`,
  'an Avro magic': Buffer.from('Obj\x01'),
  'an Avro header without a schema': Buffer.concat([
    Buffer.from('Obj\x01\x02\x16avro.schema\x04{}\x00'),
    Buffer.alloc(16),
  ]),
  'an Avro file, cut': snappy.subarray(0, 500),
  'an Avro file, damaged': Buffer.concat([snappy.subarray(0, 420), Buffer.from([7, 7, 7, 7]), snappy.subarray(424)]),
  'a gzip magic': Buffer.from([0x1f, 0x8b]),
  'a gzip file, cut': gzipSync(yt).subarray(0, 50),
  'a gzip file with something behind it': Buffer.concat([gzipSync(yt), Buffer.from('behind')]),
  'gzip in gzip': gzipSync(gzipSync(yt)),
  'a zstd magic': Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
  'an open quote': '"a","b\n',
  'a header of commas': ',,,\n,,\n',
  'a header with a name twice': 'subs,subs,harvest_ts,yt_channel_id\n1,2,2017-08-02T02:00:00,a\n',
  semicolons: 'a;b\n1;2\n',
  'carriage returns alone': 'a,b\r1,2\r',
  'a MessagePack map': Buffer.from([0x81, 0xa1, 0x61, 0x01]),
  'a MessagePack map of 4 billion': Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1]),
  'MessagePack maps in maps': Buffer.alloc(5000, 0x81),
};

const COMMANDS = [
  ['aggregate', 'daily', '--allowed-lateness', '1h', '--where', 'subs > 0', '--dead', 'dead.ndjson'],
  ['store', 'daily'],
  ['report', '--once'],
] as const;

/*
 * Whatever comes in, freshet ends with a documented status and sentences, and never with a bug's status or a trace.
 */
describe('odd input', () => {
  it.concurrent.each(Object.keys(INPUTS))('%s', (name) =>
    inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'input'), INPUTS[name]);
      for (const command of COMMANDS) {
        const { err, status } = await freshet([...command, '--from', 'input'], '', { cwd });
        expect({ command, err, status }).toEqual({
          command,
          err: expect.not.stringMatching(TRACE),
          status: expect.toBeOneOf([0, 2, 3]),
        });
      }
    }),
  );
});

const TRACE = /bug in freshet|\n {4}at |undefined|\[object/;
