import { readValueHeader } from '../codecs/avro/value-header.js';
import type { Codec, Format, ValueContext, ValueDecoder } from '../codecs/codec.js';
import { latestSchema, subjectOf, subjectsOf } from '../endpoints/registry/subjects.js';
import { UsageError } from '../records/errors.js';
import { parseSchema, readSchema } from '../records/parse-schema.js';
import type { RecordSchema } from '../records/schema.js';
import { loadCodec } from './formats.js';
import { KnownWriters } from './known-writers.js';
import { MixedValueDecoder } from './mixed-values.js';
import type { Registry } from './open-registry.js';

/** How the values of topics are read. */
export interface TopicValues {
  /** The codecs of what has come so far. */
  readonly codecs: readonly Codec[];
  /** The schema that the registry has for them. */
  readonly schema?: RecordSchema;
  decoder(context: ValueContext): ValueDecoder;
  /**
   * The type of records that a value names, as far as it is known and can be read.
   * @param schema is known, too, and so are its rollups
   */
  writerOf(value: Uint8Array, schema: RecordSchema): Promise<RecordSchema | undefined>;
}

/**
 * Finds out how values are read: in one format, or each as its first bytes tell. A registry is asked for their schema
 * unless the format is one that needs none.
 * @param word what the user called the topics
 * @throws UsageError for a format that no values have, ServiceError where the registry does not answer
 */
export async function openTopicValues(
  word: string,
  topics: readonly string[],
  format: Format | undefined,
  registry: Registry | undefined,
): Promise<TopicValues> {
  const codecs = format === undefined ? [] : [await loadCodec(format)];
  const [codec] = codecs;
  if (codec !== undefined && codec.valueDecoder === undefined) {
    throw new UsageError(
      `${word}: ${format} can't be read from a topic`,
      'Formats of topics are ndjson, avro and msgpack.',
    );
  }
  const needsRegistry = registry !== undefined && (format === undefined || format === 'avro');
  const found = needsRegistry ? await registered(registry, topics) : undefined;
  let parsed: RecordSchema | undefined;
  return {
    codecs,
    ...(found === undefined
      ? {}
      : {
          // Whoever names a schema does not mind this one.
          get schema() {
            parsed ??= parseSchema(found.json, `subject ${found.subject}`);
            return parsed;
          },
        }),
    writerOf: async (value, schema) => {
      const header = readValueHeader(value, 0, value.length);
      if (typeof header === 'string' || (format !== undefined && format !== 'avro')) return undefined;
      const writers = new KnownWriters(schema, registry);
      const named = header.schema;
      const found = await (typeof named === 'number' ? writers.byId(named) : writers.byFingerprint(named));
      // It may refer to types that are elsewhere, or be of no record: whoever reads the value tells.
      return 'problem' in found ? undefined : readSchema(found.json).schema;
    },
    decoder: (context) => {
      const known = { ...context, writers: new KnownWriters(context.schema, registry) };
      return codec?.valueDecoder?.(known) ?? new MixedValueDecoder(known, codecs);
    },
  };
}

/** The newest schema of the first topic that has one. */
async function registered(
  { client }: Registry,
  topics: readonly string[],
): Promise<{ readonly subject: string; readonly json: unknown } | undefined> {
  const known = new Set(await subjectsOf(client));
  const subject = topics.map(subjectOf).find((one) => known.has(one));
  const json = subject === undefined ? undefined : await latestSchema(client, subject);
  return subject === undefined || json === undefined ? undefined : { subject, json };
}
