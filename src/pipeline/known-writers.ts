import { fingerprintOf } from '../codecs/avro/fingerprint.js';
import { hexOf } from '../codecs/avro/value-header.js';
import type { WriterSchema, WriterSchemas } from '../codecs/codec.js';
import { baseOf, deriveRollup } from '../records/derive.js';
import type { RecordSchema } from '../records/schema.js';
import { schemaJson } from '../records/schema-json.js';
import { PERIODS } from '../records/time/calendar.js';
import type { Registry } from './open-registry.js';
import { builtInSchemas, loadSchema } from './schema-files.js';

const NO_REGISTRY = 'none is named by --registry or SCHEMA_REGISTRY_URL';

/** The schemas that values may name: those of a registry, and by their fingerprints those that freshet knows itself. */
export class KnownWriters implements WriterSchemas {
  readonly #schema: RecordSchema | undefined;
  readonly #registry: Registry | undefined;
  #known: ReadonlyMap<bigint, unknown> | undefined;

  /** @param schema what the values are read as; it is known, and so are the rollups of its records */
  constructor(schema: RecordSchema | undefined, registry: Registry | undefined) {
    this.#schema = schema;
    this.#registry = registry;
  }

  async byId(id: number): Promise<WriterSchema> {
    if (this.#registry !== undefined) return this.#registry.schemas.byId(id);
    return { problem: `the value was written with schema ${id} of a registry, and ${NO_REGISTRY}` };
  }

  async byFingerprint(fingerprint: bigint): Promise<WriterSchema> {
    this.#known ??= byFingerprint(this.#schema);
    const json = this.#known.get(fingerprint);
    if (json !== undefined) return { json, others: [] };
    const problem = `the value was written with a schema that is not known: its fingerprint is ${hexOf(fingerprint)}`;
    return { problem };
  }
}

function byFingerprint(schema: RecordSchema | undefined): Map<bigint, unknown> {
  const known = [...builtInSchemas().map(loadSchema), ...(schema === undefined ? [] : [baseOf(schema)])];
  const all = [...known.flatMap((one) => [one, ...rollupsOf(one)]), ...(schema === undefined ? [] : [schema])];
  return new Map(
    all.map((one) => {
      const json = schemaJson(one);
      return [fingerprintOf(json), json];
    }),
  );
}

function rollupsOf(schema: RecordSchema): RecordSchema[] {
  return schema.key.length === 0 ? [] : PERIODS.map((period) => deriveRollup(schema, period));
}
