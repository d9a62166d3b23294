import { statSync } from 'node:fs';
import type { Codec, EncodeContext, Encoder } from '../codecs/codec.js';
import type { ByteSink, Sink } from '../endpoints/endpoint.js';
import { ExistingFile } from '../endpoints/existing-file.js';
import { openByteSink } from '../endpoints/file-sink.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import type { StoreSurroundings } from '../stores/store.js';
import { DeadLetterLines } from './dead-letter-lines.js';
import type { DeadLetterSink } from './dead-letter-record.js';
import { EncodedSink } from './encoded-sink.js';
import { loadCodec } from './formats.js';
import type { TopicSinkOptions } from './open-topic-sinks.js';
import { deadUri, formatOfOutput, type OutputForm, outputUri } from './output-words.js';
import { openStore } from './stores.js';
import { parseUri } from './uri.js';

export interface OutputOptions extends StoreSurroundings, OutputForm {
  readonly to: readonly string[];
  /** Where dead letters are kept. */
  readonly dead?: string;
  /** A file for text about the rows. */
  readonly report?: string;
  readonly schema: RecordSchema;
  readonly append: boolean;
  readonly create: boolean;
  readonly zone: Zone;
  readonly topics: TopicSinkOptions;
}

export interface Outputs {
  readonly sinks: readonly Sink[];
  readonly dead?: DeadLetterSink;
  readonly report?: ByteSink;
}

/**
 * Opens what `--to`, `--dead` and `--report-file` name. Files keep what they hold until all are open: a mistake costs nothing.
 * @param inputs identities of the files that are read: writing to one of them would destroy it
 * @throws UsageError where one can't be opened, is read too, or is named twice
 */
export async function openOutputs(inputs: readonly string[], options: OutputOptions): Promise<Outputs> {
  const files = new OutputFiles(inputs, options.stop);
  const sinks: Sink[] = [];
  for (const word of options.to) {
    const sink = await openOutput(word, options, files);
    const isTable = parseUri(word).kind === 'store';
    if (isTable && sinks.some(({ name }) => name === sink.name)) throw writtenTwice(sink.name);
    sinks.push(sink);
  }
  const dead = options.dead === undefined ? undefined : await openDeadLetters(options.dead, options, files);
  const report = options.report === undefined ? undefined : files.open(options.report, options.append);
  return { sinks, dead, ...(report === undefined ? {} : { report }) };
}

/** Opens files for writing, each once and none that is read. */
class OutputFiles {
  readonly #written = new Set<string>();

  constructor(
    readonly read: readonly string[],
    readonly stop: AbortSignal | undefined,
  ) {}

  open(path: string, append: boolean): ByteSink {
    if (/\.(gz|zst|zstd)$/i.test(path)) {
      throw new UsageError(
        `${path} would be written without compression`,
        'Write to - and pipe it through gzip or zstd.',
      );
    }
    const sink = openByteSink(path, append, this.stop);
    const { identity } = sink;
    if (identity === undefined) return sink;
    if (this.read.includes(identity)) {
      throw new UsageError(`${sink.name} is read and written at once`, 'Write to another file and move it afterwards.');
    }
    if (this.#written.has(identity)) throw writtenTwice(sink.name);
    this.#written.add(identity);
    return sink;
  }
}

async function openOutput(word: string, options: OutputOptions, files: OutputFiles): Promise<Sink> {
  const { schema, append, create, zone, compression } = options;
  const uri = outputUri(word, options);
  if (uri.kind === 'store') {
    const store = await openStore(uri);
    const { tell, stop, group } = options;
    return store.sink({ schema, create, zone, tell, stop, ...(group === undefined ? {} : { group }) });
  }
  if (uri.kind === 'topics') {
    const { openTopicSink } = await import('./open-topic-sinks.js');
    return openTopicSink(word, uri, options, options.topics);
  }
  const codec = await loadCodec(formatOfOutput(uri, options.format));
  if (uri.kind === 'tcp' || uri.kind === 'tcp-listen') {
    const { openTcpSink } = await import('./open-tcp-sink.js');
    return openTcpSink(word, uri, codec.encoder({ schema, compression }), options);
  }
  const path = uri.kind === 'stdio' ? '-' : uri.path;
  const adds = append && path !== '-' && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const encoder = adds ? appender(codec, { schema, compression }, path) : codec.encoder({ schema, compression });
  return new EncodedSink(schema, encoder, files.open(path, append));
}

/** The encoder of what is added to a file that is not empty. */
function appender(codec: Codec, context: EncodeContext, path: string): Encoder {
  if (codec.appender === undefined) return codec.encoder({ ...context, append: true });
  const file = new ExistingFile(path);
  try {
    return codec.appender(context, file);
  } finally {
    file.close();
  }
}

/** Dead letters are JSON lines in a file, or on standard output, or a topic's records, or a table's rows. */
async function openDeadLetters(word: string, options: OutputOptions, files: OutputFiles): Promise<DeadLetterSink> {
  const { append, create, zone, topics, tell, stop, group } = options;
  const uri = deadUri(word);
  if (uri.kind === 'topics') {
    const { openDeadLetterTopic } = await import('./open-topic-sinks.js');
    return openDeadLetterTopic(word, uri, topics);
  }
  if (uri.kind === 'store') {
    const { DeadLetterTable, deadLetterRows } = await import('./dead-letter-table.js');
    const store = await openStore(uri);
    return new DeadLetterTable(await store.sink({ schema: deadLetterRows(), create, zone, tell, stop }), group);
  }
  return new DeadLetterLines(files.open(uri.kind === 'stdio' ? '-' : uri.path, append));
}

function writtenTwice(name: string): UsageError {
  return new UsageError(`${name} is written twice`, 'Name each output once.');
}
