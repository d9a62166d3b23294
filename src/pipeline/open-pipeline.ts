import type { Format } from '../codecs/codec.js';
import type { BatchSource, ByteSink, ByteSource, Sink } from '../endpoints/endpoint.js';
import type { ListenAddress } from '../endpoints/listen-address.js';
import { compileFilter, type Filter } from '../expressions/filter.js';
import type { Guard } from '../operators/guard.js';
import type { Operator } from '../operators/operator.js';
import { UsageError } from '../records/errors.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import type { Period } from '../records/time/calendar.js';
import type { Zone } from '../records/time/zone.js';
import { DeadLetters } from './dead-letters.js';
import { MergedSource } from './merged-source.js';
import type { Metrics } from './metrics.js';
import { type OpenInput, openInputs, partitionsOf } from './open-inputs.js';
import { type OutputOptions, type Outputs, openOutputs } from './open-outputs.js';
import type { Registry } from './open-registry.js';
import { groupOf, openShared, type Shared } from './open-shared.js';
import type { TopicSinkOptions } from './open-topic-sinks.js';
import { checkOutputs, type OutputForm } from './output-words.js';
import type { Pipeline } from './pipeline.js';
import { ProducedSource } from './produced-source.js';
import type { ReadPlan } from './read-plan.js';
import { RecordReaders } from './record-readers.js';
import { sinksOfShares } from './sinks-of-shares.js';
import type { StopSignal } from './stop-signal.js';
import type { TopicOptions } from './topic-options.js';
import { parseUri } from './uri.js';
import { warnOfPasswords } from './warn-of-passwords.js';

/** Where records come from, go to, and what becomes of those that don't fit: the same for every verb. */
export interface Ends extends OutputForm {
  readonly from: readonly string[];
  /** Gives the bytes of a word of `from` that other runs read, too. */
  readonly streams?: (word: string) => ByteSource | undefined;
  readonly fromFormat?: Format;
  readonly to: readonly string[];
  readonly append: boolean;
  /** Whether a store's table is made where it is missing. */
  readonly create: boolean;
  readonly where?: string;
  /** Whether tombstones of topics delete rows. */
  readonly deletes: boolean;
  readonly zone: Zone;
  readonly dead?: string;
  readonly maxDead: number;
  readonly strict: boolean;
  /** Milliseconds; see Pipeline. */
  readonly every: number;
  readonly idleClose?: number;
  readonly drain: number;
  /** States that an operator may hold. */
  readonly maxState: number;
  readonly topics: Omit<TopicOptions, 'show' | 'registry' | 'stop'>;
  /** From topics to topics: rows, state and positions in one transaction, or one after the other. */
  readonly guarantee: 'exactly-once' | 'at-least-once';
  /** The URL of the schema registry. */
  readonly registry?: string;
  /** Where the run's figures are served. */
  readonly metrics?: ListenAddress;
  /** How topics that are missing are made; absent: they are not. */
  readonly creation?: TopicSinkOptions['creation'];
}

/** What is between the ends. */
export interface Work {
  /** What the records must fit. */
  readonly schema: RecordSchema;
  /** Absent: records go through as they are. */
  readonly operator?: Operator;
  /** What else says what is computed, besides the types of records and rows: state of another plan is of no use. */
  readonly plan?: readonly unknown[];
  /** Where rows go in place of what `--to` names. */
  readonly sinks?: readonly Sink[];
  /** What else gets every row, before what `--to` names does. */
  readonly watchers?: readonly Sink[];
  /** A file that gets every row, too, in a form of its own. */
  readonly report?: { readonly path: string; readonly sinkOf: (file: ByteSink) => Sink };
  /** Whether the records go to standard output as they came. */
  readonly pass?: boolean;
  /** Whether nothing more is wanted: then reading ends where it is. */
  readonly halted?: () => boolean;
  /** See Pipeline. */
  readonly staysOpen?: boolean;
  readonly guard?: Guard;
  /** Whether records of topics are rows as they are, whatever their values hold. */
  readonly messages?: boolean;
  /** Whether topics are read whole, from `--offset` on, with no regard to other copies, and no position is kept. */
  readonly readsAll?: boolean;
  /** How the operator reads records' bytes back. */
  readonly readers?: RecordReaders;
  /** What several threads may find in its place: see sharingOf(). */
  readonly sharing?: { readonly period: Period; readonly threads: number };
}

/** Records that freshet makes itself: there is nothing to open or to fit. */
export interface Made {
  readonly source: BatchSource;
  readonly schema: RecordSchema;
}

/** What planWork() can build on. */
export interface WorkContext {
  readonly inputs: readonly OpenInput[];
  /** True when every input is a regular file or a table: none can go on after its end. */
  readonly finite: boolean;
  readonly readersFor: (schema: RecordSchema) => RecordReaders;
}

export interface Surroundings {
  readonly metrics: Metrics;
  readonly stop: StopSignal;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}

/**
 * Opens everything that a command needs, in the order in which mistakes are cheap: the inputs, then the plan over
 * their schema, and only then the outputs.
 */
export async function openPipeline(
  ends: Ends,
  planWork: (context: WorkContext) => Work | Promise<Work>,
  { metrics, stop, show }: Surroundings,
): Promise<Pipeline> {
  warnOfPasswords([...ends.from, ...ends.to, ends.dead ?? '-'], ends.registry, show);
  checkOutputs(ends.to, ends.dead, ends);
  // Who has brought nothing yet is waited for as long as who has.
  const drained = (input: Pick<ByteSource, 'stop' | 'drains'>): void =>
    stop.onRequest(() => (input.drains ? setTimeout(() => input.stop(), ends.drain).unref() : input.stop()));
  const registry = await registryOf(ends, show);
  const topics = { ...ends.topics, ...(registry === undefined ? {} : { registry }), show, stop: stop.aborted() };
  const inputs = await openInputs(ends.from, ends.fromFormat, topics, drained, ends.streams);
  stop.onRequest(() => {
    for (const input of inputs) if (input.finite) input.stop();
  });
  // A topic goes on behind the end that it had.
  const finite = inputs.every((input) => input.finite && input.partitions === undefined);
  const readersFor = (schema: RecordSchema): RecordReaders => new RecordReaders(schema, ends.zone, inputs);
  const work = await planWork({ inputs, finite, readersFor });
  const { schema, operator, readers, watchers = [] } = work;
  const passed =
    work.pass === true ? await (await import('./passed-records.js')).openPassed(inputs, schema) : undefined;
  const filter = ends.where === undefined ? undefined : compileFilter(ends.where, schema, ends.zone);
  const deletes = ends.deletes ? (await import('./deletes.js')).planDeletes(ends, work, inputs) : undefined;
  const output = operator?.output ?? schema;
  await readers?.load();
  const files = inputs.flatMap((input) => input.files);
  const to = work.sinks === undefined ? ends.to : [];
  const isShared = work.readsAll !== true && inputs.some(({ partitions }) => partitions !== undefined);
  const group = isShared ? await groupOf(ends, work) : undefined;
  if (group !== undefined) checkOneReading(inputs);
  const topicPartitions = inputs.flatMap((input) => input.topicPartitions ?? []);
  const shared =
    group === undefined ? undefined : await openShared(group, ends, work, topicPartitions, show, topics.stop);
  const written = { registry, transactions: shared?.transacted };
  const outputs = await openOutputs(files, {
    ...outputOptions({ ...ends, to }, output, { show, stop }, written),
    ...(group === undefined || ends.guarantee === 'at-least-once' ? {} : { group }),
    ...(work.report === undefined ? {} : { report: work.report.path }),
  });
  deletes?.check(outputs.sinks);
  let numbered = partitionsOf(inputs);
  const sources = await Promise.all(
    inputs.map((input, place) =>
      input.read({
        messages: work.messages ?? false,
        ...reading(work, filter, ends),
        ...sharingOf(work, ends),
        partition: partitionsOf(inputs.slice(0, place)),
        newPartition: () => numbered++,
        ...(group === undefined ? {} : { group, ...shared?.reading, ...sinksOfShares(outputs.sinks, outputs.dead) }),
      }),
    ),
  );
  const source = new MergedSource(sources, (place) => {
    const first = partitionsOf(inputs.slice(0, place));
    for (let one = 0; one < (inputs[place]?.partitions ?? 1); one++) operator?.ended?.(first + one);
  });
  const reports = work.report && outputs.report ? [work.report.sinkOf(outputs.report)] : [];
  const sinks = [...watchers, ...reports, ...(work.sinks ?? outputs.sinks)];
  return {
    ...pipelineOf(ends, source, { ...outputs, sinks }, { metrics, stop, show }, shared),
    filter,
    ...(passed === undefined ? {} : { passed }),
    ...(work.halted === undefined ? {} : { halted: work.halted }),
    ...(work.staysOpen === undefined ? {} : { staysOpen: work.staysOpen }),
    operator,
    guard: work.guard,
    ...(deletes === undefined ? {} : { deletes }),
    ...(shared?.state === undefined ? {} : { state: shared.state }),
    ...(shared?.exchange === undefined ? {} : { exchange: shared.exchange }),
    ...(shared === undefined ? {} : { close: shared.close }),
  };
}

/** A copy is one member of its group. */
function checkOneReading(inputs: readonly OpenInput[]): void {
  const [one, other] = inputs.flatMap(({ name, topicPartitions }) => (topicPartitions === undefined ? [] : [name]));
  if (one === undefined || other === undefined) return;
  throw new UsageError(`--from ${one} and --from ${other}: one run reads topics in one way`, 'Start a run for each.');
}

function outputOptions(
  ends: Ends,
  schema: RecordSchema,
  { show, stop }: Pick<Surroundings, 'show' | 'stop'>,
  shared: Pick<TopicSinkOptions, 'registry' | 'transactions'>,
): OutputOptions {
  const { brokers } = ends.topics;
  const aborted = stop.aborted();
  const topics = {
    show,
    stop: aborted,
    ...(brokers === undefined ? {} : { brokers }),
    creation: ends.creation,
    ...shared,
  };
  return { ...ends, schema, topics, tell: show, stop: aborted };
}

/** Opens the outputs for records that freshet makes itself. */
export async function openProduced(
  ends: Ends,
  { source, schema }: Made,
  surroundings: Surroundings,
): Promise<Pipeline> {
  const filter = ends.where === undefined ? undefined : compileFilter(ends.where, schema, ends.zone);
  warnOfPasswords([...ends.to, ends.dead ?? '-'], ends.registry, surroundings.show);
  checkOutputs(ends.to, ends.dead, ends);
  const registry = await registryOf({ ...ends, from: [] }, surroundings.show);
  const outputs = await openOutputs([], outputOptions(ends, schema, surroundings, { registry }));
  return { ...pipelineOf(ends, new ProducedSource(source), outputs, surroundings), filter };
}

function pipelineOf(
  ends: Ends,
  source: BatchSource,
  { sinks, dead }: Outputs,
  surroundings: Surroundings,
  { transacted, most = Number.POSITIVE_INFINITY }: Partial<Pick<Shared, 'transacted' | 'most'>> = {},
): Pipeline {
  const { metrics, stop, show } = surroundings;
  return {
    source,
    sinks,
    deadLetters: new DeadLetters({
      max: ends.maxDead,
      strict: ends.strict,
      show,
      sink: dead,
      isHeld: transacted !== undefined,
    }),
    every: Math.min(ends.every, most),
    drain: ends.drain,
    maxState: ends.maxState,
    metrics,
    stop,
    idleClose: ends.idleClose,
  };
}

/** The schema registry, where topics may need one. */
async function registryOf(ends: Ends, show: Surroundings['show']): Promise<Registry | undefined> {
  if (ends.registry === undefined || !hasTopics([...ends.from, ...ends.to])) return undefined;
  const { openRegistry } = await import('./open-registry.js');
  return openRegistry(ends.registry, show);
}

function hasTopics(words: readonly string[]): boolean {
  return words.some((word) => parseUri(word).kind === 'topics');
}

/**
 * What threads may find in shares of a file, so that each needs to tell but few of its records. Not where it counts
 * which record is the first that does not fit, nor where records are dated by the clock.
 */
function sharingOf({ schema, sharing }: Work, { zone, where, strict, maxDead }: Ends): Pick<ReadPlan, 'sharing'> {
  if (sharing === undefined || sharing.threads < 2 || strict || Number.isFinite(maxDead)) return {};
  if (schema.time === undefined || fieldAt(schema, schema.time.path)?.nullable !== false) return {};
  return { sharing: { ...sharing, schema, zone: zone.name, ...(where === undefined ? {} : { where }) } };
}

/** What the inputs have to decode for an operator, or for records to go through whole. */
function reading({ schema, operator, pass = false }: Work, filter: Filter | undefined, ends: Ends) {
  const all = schema.fields.map(({ name }) => name);
  const filtered = filter?.reads ?? [];
  // What goes through as it came is written anew where a format's records can't stand alone.
  const wanted = pass ? all : [];
  const paths = new Set([...(operator?.reads ?? all), ...filtered, ...wanted]);
  const withoutRecords = operator?.readsRecords ? new Set([...paths, ...all]) : paths;
  return {
    schema,
    paths: [...paths],
    pathsWithoutRecords: [...withoutRecords],
    // Records that are refused later become dead letters with their bytes.
    records: operator?.readsRecords === true || ends.dead !== undefined || pass,
    zone: ends.zone,
    tombstones: ends.deletes,
  };
}
