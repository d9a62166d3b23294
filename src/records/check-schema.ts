import avro from 'avsc';
import { readSchema } from './parse-schema.js';

/**
 * What is wrong with a schema, a sentence each; none where it is valid. freshet tells all that it finds in the types
 * and in its annotation. Where the types are well, another implementation of Avro (avsc) looks at them too, which also
 * checks defaults, unions and symbols, and tells the first thing that it minds.
 */
export function checkSchema(json: unknown): string[] {
  const { types, annotation } = readSchema(json);
  const problems = types.length > 0 ? types : avroProblems(json);
  return [...problems, ...annotation];
}

function avroProblems(json: unknown): string[] {
  try {
    avro.Type.forSchema(inDoubles(json) as avro.Schema);
    return [];
  } catch (error) {
    return [`not valid Avro: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** The greatest long that avsc has: it stands for all that lie beyond it, for which avsc has no numbers. */
const GREATEST = Number.MAX_SAFE_INTEGER - 1;

function inDoubles(json: unknown): unknown {
  if (typeof json === 'bigint') return BigInt.asIntN(64, json) === json ? GREATEST : Number(json);
  if (typeof json === 'number') return Math.abs(json) === Number.MAX_SAFE_INTEGER ? GREATEST : json;
  if (Array.isArray(json)) return json.map(inDoubles);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, one]) => [name, inDoubles(one)]));
}
