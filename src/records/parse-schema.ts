import { UsageError } from './errors.js';
import { parseAnnotation } from './parse-annotation.js';
import { TypeParser } from './parse-type.js';
import type { RecordSchema } from './schema.js';
import { isJsonObject } from './schema-source.js';

/** A schema as far as it can be read, and what is wrong with it: sentences without a full stop. */
interface Reading {
  readonly schema?: RecordSchema;
  /** Of the types and fields. */
  readonly types: readonly string[];
  /** Of the annotation. */
  readonly annotation: readonly string[];
}

/**
 * Reads an Avro record schema (Avro 1.12, "Schema Declaration") with its `freshet` annotation.
 * @param where what to call the schema in errors: a path or a name
 * @throws UsageError where it is not one
 */
export function parseSchema(json: unknown, where: string): RecordSchema {
  const { schema, types, annotation } = readSchema(json);
  const [problem, ...more] = [...types, ...annotation];
  if (schema !== undefined && problem === undefined) return schema;
  throw new UsageError(
    `${where}: ${problem}`,
    more.length === 0
      ? 'See `freshet schema show yt` for a complete schema.'
      : `That is one of ${more.length + 1} problems: \`freshet schema check\` tells all.`,
  );
}

/** Reads as much of a schema as can be read, and tells all that is wrong with it. */
export function readSchema(json: unknown): Reading {
  const types: string[] = [];
  const annotation: string[] = [];
  if (!isJsonObject(json) || json.type !== 'record') {
    return { types: ['not an Avro record schema (no "type": "record")'], annotation };
  }
  const type = new TypeParser((problem) => types.push(problem)).type(json, '', '');
  if (type.kind !== 'record') return { types, annotation };
  const { fields } = type;
  const { doc, freshet = {}, ...attributes } = type.attributes ?? {};
  const schema: RecordSchema = {
    name: type.name.replace(/^.*\./, ''),
    ...(typeof json.namespace === 'string' ? { namespace: json.namespace } : {}),
    ...(typeof doc === 'string' ? { doc } : {}),
    ...(type.aliases === undefined ? {} : { aliases: type.aliases }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    fields,
    ...parseAnnotation(json.freshet ?? {}, fields, (problem) => annotation.push(problem)),
  };
  return { schema, types, annotation };
}
