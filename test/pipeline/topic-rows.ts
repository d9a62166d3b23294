import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Sink } from '../../src/endpoints/endpoint.js';
import type { Creation } from '../../src/endpoints/kafka/topic-to-write.js';
import { openTopicSink } from '../../src/pipeline/open-topic-sinks.js';
import { parseUri } from '../../src/pipeline/uri.js';
import type { Batch } from '../../src/records/batch.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import type { RecordSchema } from '../../src/records/schema.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';

const run = promisify(execFile);

/** Numbered rows of channels. */
export const COUNTS: RecordSchema = parseSchema(
  {
    type: 'record',
    name: 'counts',
    freshet: { key: ['channel'], time: 'at' },
    fields: [
      { name: 'channel', type: 'string' },
      { name: 'at', type: 'string' },
      { name: 'n', type: 'long' },
      { name: 'note', type: ['null', 'string'], default: null },
    ],
  },
  'counts.avsc',
);

export function batchOf(rows: readonly Row[], schema = COUNTS): Batch {
  return batchFromRows(schema, rows);
}

/** Opens a sink as `--to WORD` does. */
export async function sinkTo(
  brokers: string,
  word: string,
  {
    creation = { partitions: 4 },
    schema = COUNTS,
    show = () => {},
  }: { readonly creation?: Creation; readonly schema?: RecordSchema; readonly show?: (sentence: string) => void } = {},
): Promise<Sink> {
  const uri = parseUri(word);
  if (uri.kind !== 'topics') throw new Error(`${word} is no topic`);
  return openTopicSink(word, uri, { schema, zone: UTC }, { brokers, creation, show });
}

/** What kcat reads of a topic: the fields of its format (`kcat -f`), by record. */
export async function readByKcat(brokers: string, topic: string, ...flags: readonly string[]): Promise<string[][]> {
  const format = ['%p', '%o', '%T', '%K', '%k', '%h', '%s'].join('\t');
  const args = ['-b', brokers, '-C', '-t', topic, '-e', '-q', '-f', `${format}\\n`, ...flags];
  const { stdout } = await run('kcat', args, { maxBuffer: 1 << 28 });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}
