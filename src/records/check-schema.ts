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
    avro.Type.forSchema(json as avro.Schema);
    return [];
  } catch (error) {
    return [`not valid Avro: ${error instanceof Error ? error.message : String(error)}`];
  }
}
