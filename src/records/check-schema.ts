import avro from 'avsc';
import { FreshetError } from './errors.js';
import { parseSchema } from './parse-schema.js';

/**
 * What is wrong with a schema, a sentence each; none where it is valid. It is looked at twice: by another
 * implementation of Avro (avsc), which also checks names, defaults and unions, and by freshet with its annotation.
 * @param where what to call the schema: a path or a name
 */
export function checkSchema(json: unknown, where: string): string[] {
  const problems: string[] = [];
  try {
    avro.Type.forSchema(json as avro.Schema);
  } catch (error) {
    problems.push(`${where}: not valid Avro: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    parseSchema(json, where);
  } catch (error) {
    if (!(error instanceof FreshetError)) throw error;
    problems.push(error.message);
  }
  return problems;
}
