/** What is not in a schema's parsing canonical form is of no matter to how its data is read. */
const KEPT = ['name', 'type', 'fields', 'symbols', 'items', 'values', 'size'] as const;
const EMPTY = 0xc15d213aa4d7a795n;

/**
 * The CRC-64-AVRO of a schema's parsing canonical form (Avro 1.12, "Schema Fingerprints"), 64 bits without a sign.
 * @param json a valid schema
 */
export function fingerprintOf(json: unknown): bigint {
  let crc = EMPTY;
  for (const byte of Buffer.from(canonicalForm(json))) crc = (crc >> 8n) ^ TABLE[Number(crc & 0xffn) ^ byte];
  return crc;
}

const TABLE = BigUint64Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ ((crc & 1n) === 0n ? 0n : EMPTY);
  return crc;
});

/** Avro 1.12, "Transforming into Parsing Canonical Form". */
export function canonicalForm(json: unknown): string {
  return JSON.stringify(canonical(json, ''));
}

/** @param namespace the enclosing one, which a name without dots is taken into */
function canonical(json: unknown, namespace: string): unknown {
  if (typeof json === 'string') return PRIMITIVES.has(json) ? json : fullName(json, namespace);
  if (Array.isArray(json)) return json.map((branch) => canonical(branch, namespace));
  if (typeof json !== 'object' || json === null) return json;
  const schema: Readonly<Record<string, unknown>> = { ...json };
  const { type } = schema;
  // A type that is only annotated, or stands in braces for no reason.
  if (typeof type !== 'string' || !COMPLEX.has(type)) return canonical(type, namespace);
  const own = typeof schema.namespace === 'string' ? schema.namespace : namespace;
  const name = typeof schema.name === 'string' ? fullName(schema.name, own) : undefined;
  const inner = name === undefined ? namespace : name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const parts: Readonly<Record<(typeof KEPT)[number], unknown>> = {
    name,
    type,
    fields: Array.isArray(schema.fields) ? schema.fields.map((field) => canonicalField(field, inner)) : undefined,
    symbols: schema.symbols,
    items: schema.items === undefined ? undefined : canonical(schema.items, inner),
    values: schema.values === undefined ? undefined : canonical(schema.values, inner),
    size: schema.size === undefined ? undefined : Number(schema.size),
  };
  return Object.fromEntries(KEPT.flatMap((key) => (parts[key] === undefined ? [] : [[key, parts[key]]])));
}

function canonicalField(json: unknown, namespace: string): unknown {
  const { name, type }: Readonly<Record<string, unknown>> = { ...(json as object) };
  return { name, type: canonical(type, namespace) };
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes']);
const COMPLEX = new Set(['record', 'error', 'enum', 'fixed', 'array', 'map']);
