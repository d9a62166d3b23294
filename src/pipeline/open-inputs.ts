import { accessSync, constants, existsSync } from 'node:fs';
import type { Codec, Decoder, Format } from '../codecs/codec.js';
import { decompressed, isInflated } from '../endpoints/decompress.js';
import type { BatchSource, ByteSource } from '../endpoints/endpoint.js';
import { fileIdentity } from '../endpoints/file-identity.js';
import { openByteSource } from '../endpoints/file-source.js';
import type { TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import type { PeekedSource } from '../endpoints/peeked-source.js';
import { sentenceOf } from '../endpoints/system-error.js';
import type { Place } from '../operators/partitioned-operator.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { masked } from '../records/uri-password.js';
import { contextOf } from './decode-context.js';
import { DecodedSource } from './decoded-source.js';
import { embeddedSchema, formatOf, sampleOf } from './first-bytes.js';
import { formatOfName, loadCodec } from './formats.js';
import { SequenceSource } from './merged-source.js';
import type { ReadPlan } from './read-plan.js';
import { openStore } from './stores.js';
import type { TcpListenUri, TcpUri } from './tcp-uri.js';
import type { TopicOptions } from './topic-options.js';
import { type HttpUri, joinTopics, parseUri, type TopicsUri } from './uri.js';

/** One input, open as far as its first bytes: they tell its format, and an Avro file's its schema. */
export interface OpenInput {
  readonly name: string;
  readonly finite: boolean;
  /** How many partitions it has; 1 if it does not say. */
  readonly partitions?: number;
  /** Of topics: what they are, by number of the partition. */
  readonly topicPartitions?: readonly TopicPartition[];
  /** Of topics: by partition, the part that it belongs to. Undefined where their keys do not lie alike. */
  readonly places?: readonly Place[];
  /** The schema that comes with the data. */
  readonly schema?: RecordSchema;
  /** The type that a table's columns give: it names no time. */
  readonly table?: RecordSchema;
  /** The first bytes that were looked at: of JSON lines the first is whole. Empty where there are none. */
  readonly head?: Uint8Array;
  /** Of topics: the first record that they hold, if any. */
  readonly firstRecord?: () => Promise<Uint8Array | undefined>;
  /** Of topics: the type of records that a value names as what it was written with, if it names one that is known. */
  readonly writerOf?: (value: Uint8Array, schema: RecordSchema) => Promise<RecordSchema | undefined>;
  /** The first bytes, up to 256 KiB: waits for so many, for enough, or for the end. To be called before read(). */
  readonly sample?: (isEnough?: (head: Uint8Array) => boolean) => Promise<Uint8Array>;
  readonly format?: Format;
  /** Identities of the regular files behind it. */
  readonly files: readonly string[];
  /** The codecs, for reading kept records back; a topic's formats are known when their first records have come. */
  readonly codecs?: readonly Codec[];
  read(plan: ReadPlan): Promise<BatchSource>;
  stop(): void;
}

/** Takes what stops an input, and says whether that one is read to its end after a signal. */
type Waits = (input: Pick<ByteSource, 'stop' | 'drains'>) => void;

/**
 * Opens what `--from` names: `-`, paths, patterns, topics, stores and addresses to listen at. Files are read one after the other, as one input for
 * each run of files of one format; everything else is an input of its own.
 * @param waits told how to stop each input whose first bytes are waited for
 * @param streams gives the bytes of what is read by others, too
 * @throws UsageError where one can't be opened
 */
export async function openInputs(
  words: readonly string[],
  format: Format | undefined,
  topics: TopicOptions,
  waits: Waits = () => {},
  streams: (word: string) => ByteSource | undefined = () => undefined,
): Promise<OpenInput[]> {
  const inputs: OpenInput[] = [];
  for (const word of joinTopics(words)) {
    const uri = parseUri(word);
    if (uri.kind === 'stdio') inputs.push(await openStream('-', format, waits, streams(word)));
    else if (uri.kind === 'store') inputs.push(await openStoreInput(word, uri));
    else if (uri.kind === 'http') inputs.push(await openHttp(uri, format, topics));
    else if (uri.kind === 'topics') inputs.push(await openTopicsInput(word, uri, format, topics));
    else if (uri.kind === 'tcp') inputs.push(await openTcp(uri, format, topics, waits));
    else if (uri.kind === 'tcp-listen') inputs.push(await openTcpListen(word, uri, format, topics));
    else for (const path of await expand(uri.path)) inputs.push(await openPath(path, format, waits));
  }
  return inputs.reduce<OpenInput[]>((joined, input) => {
    const last = joined.at(-1);
    if (last instanceof FilesInput && input instanceof FilesInput && last.takes(input)) last.join(input);
    else joined.push(input);
    return joined;
  }, []);
}

async function expand(path: string): Promise<string[]> {
  if (!/[*?[\]{}]/.test(path) || existsSync(path)) return [path];
  const { glob } = await import('tinyglobby');
  const found = await glob(path, { onlyFiles: true, expandDirectories: false, dot: false });
  if (found.length === 0) throw new UsageError(`${path} matches no file`);
  return found.sort();
}

async function openPath(path: string, format: Format | undefined, waits: Waits): Promise<OpenInput> {
  if (fileIdentity(path) === undefined) return openStream(path, format, waits);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new UsageError(`${path} can't be opened: ${sentenceOf(error)}`, undefined, { cause: error });
  }
  const bytes = await decompressed(openByteSource(path));
  const found = await formatOf(bytes, format ?? formatOfName(path));
  return new FilesInput(path, found, await loadCodec(found), bytes, await embeddedSchema(bytes, found));
}

async function openStream(
  name: string,
  format: Format | undefined,
  waits: Waits,
  raw: ByteSource = openByteSource(name),
): Promise<OpenInput> {
  waits(raw);
  const bytes = await decompressed(raw);
  const found = await formatOf(bytes, format ?? formatOfName(name));
  const codec = await loadCodec(found);
  const schema = await embeddedSchema(bytes, found);
  return {
    name: bytes.name,
    finite: bytes.finite,
    head: bytes.head,
    sample: (isEnough) => sampleOf(bytes, isEnough),
    format: found,
    codecs: [codec],
    files: identitiesOf(name === '-' ? 0 : name),
    ...(schema === undefined ? {} : { schema }),
    read: async (plan) => new DecodedSource(bytes, codec.decoder(contextOf(plan, codec, bytes.name))),
    stop: () => bytes.stop(),
  };
}

async function openStoreInput(word: string, uri: Parameters<typeof openStore>[0]): Promise<OpenInput> {
  const table = await (await openStore(uri)).schema();
  // By its name from now on: the run may make another table.
  const store = await openStore({ ...uri, table: table.name });
  return {
    name: masked(word),
    finite: true,
    table,
    files: [],
    read: ({ schema: wanted, zone, pathsWithoutRecords: paths, partition }) =>
      store.source({ schema: wanted, zone, paths, partition }),
    stop: () => {},
  };
}

async function openTopicsInput(
  word: string,
  uri: TopicsUri,
  format: Format | undefined,
  options: TopicOptions,
): Promise<OpenInput> {
  const { openTopics } = await import('./open-topics.js');
  const known = format ?? uri.format;
  return openTopics(word, { ...uri, ...(known === undefined ? {} : { format: known }) }, options);
}

async function openHttp(uri: HttpUri, format: Format | undefined, { show }: TopicOptions): Promise<OpenInput> {
  const { openHttpInput } = await import('./open-http-input.js');
  return openHttpInput(uri, format, show);
}

async function openTcp(
  uri: TcpUri,
  format: Format | undefined,
  { show }: TopicOptions,
  waits: Waits,
): Promise<OpenInput> {
  const { openTcpInput } = await import('./open-tcp-input.js');
  return openTcpInput(uri, format, show, (stop) => waits({ stop, drains: false }));
}

async function openTcpListen(
  word: string,
  uri: TcpListenUri,
  format: Format | undefined,
  { show }: TopicOptions,
): Promise<OpenInput> {
  const { openTcpListenInput } = await import('./open-tcp-listen-input.js');
  return openTcpListenInput(word, uri, format, show);
}

function identitiesOf(file: number | string): string[] {
  const identity = fileIdentity(file);
  return identity === undefined ? [] : [identity];
}

/** Regular files of one format, read in turn with one decoder where it can start over. */
class FilesInput implements OpenInput {
  readonly finite = true;
  readonly #paths: string[];
  #decoder: Decoder | undefined;
  #stopped = false;

  constructor(
    readonly path: string,
    readonly format: Format,
    readonly codec: Codec,
    readonly first: PeekedSource,
    readonly schema: RecordSchema | undefined,
  ) {
    this.#paths = [path];
  }

  get files(): string[] {
    return this.#paths.flatMap(identitiesOf);
  }

  get codecs(): Codec[] {
    return [this.codec];
  }

  get head(): Uint8Array {
    return this.first.head;
  }

  sample(isEnough?: (head: Uint8Array) => boolean): Promise<Uint8Array> {
    return sampleOf(this.first, isEnough);
  }

  get name(): string {
    return this.#paths.length === 1 ? this.path : `${this.path} and ${this.#paths.length - 1} more`;
  }

  takes(other: FilesInput): boolean {
    return other.format === this.format && other.schema?.name === this.schema?.name;
  }

  join(other: FilesInput): void {
    this.#paths.push(...other.#paths);
    // It is opened again when its turn comes: a glob may name more files than may be open at once.
    void other.first.close();
  }

  async read(plan: ReadPlan): Promise<BatchSource> {
    const opens = this.#paths.map((path, place) => async () => {
      const bytes = place === 0 ? this.first : await decompressed(openByteSource(path));
      if (this.#stopped) bytes.stop();
      else {
        const shared = await this.#shared(plan, path, bytes);
        if (shared !== undefined) return shared;
      }
      return new DecodedSource(bytes, this.#decoderFor(plan, path));
    });
    return new SequenceSource(opens, this.name);
  }

  stop(): void {
    this.#stopped = true;
    this.first.stop();
  }

  /** The same file as several threads read it, where the plan and the file allow that. */
  async #shared(plan: ReadPlan, path: string, bytes: PeekedSource): Promise<BatchSource | undefined> {
    if (plan.sharing === undefined || this.format !== 'ndjson' || isInflated(bytes)) return undefined;
    const { openSharedFile } = await import('./threads/open-shared-file.js');
    const shared = openSharedFile(contextOf(plan, this.codec, path), plan.sharing);
    if (shared !== undefined) await bytes.close();
    return shared;
  }

  #decoderFor(plan: ReadPlan, path: string): Decoder {
    if (this.#decoder?.restart === undefined) {
      this.#decoder = this.codec.decoder(contextOf(plan, this.codec, path));
    } else {
      this.#decoder.restart(path);
    }
    return this.#decoder;
  }
}

/** How many partitions inputs have together. */
export function partitionsOf(inputs: readonly OpenInput[]): number {
  return inputs.reduce((sum, { partitions = 1 }) => sum + partitions, 0);
}
