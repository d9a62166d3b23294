import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deriveRollup } from '../records/derive.js';
import { UsageError } from '../records/errors.js';
import { JsonError, parseJson } from '../records/json-text.js';
import { nearestName } from '../records/nearest-name.js';
import { parseSchema } from '../records/parse-schema.js';
import type { RecordSchema } from '../records/schema.js';
import { PERIODS } from '../records/time/calendar.js';
import type { Value } from '../records/value.js';

/** The folder of the schemas that come with freshet. */
function builtInFolder(): string {
  // Bundled, this file lies in dist/; from source, in src/pipeline/.
  return fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../schemas/' : '../../schemas/', import.meta.url));
}

/** Names of the schemas that come with freshet. */
export function builtInSchemas(): string[] {
  return readdirSync(builtInFolder())
    .filter((file) => file.endsWith('.avsc'))
    .map((file) => file.slice(0, -'.avsc'.length))
    .sort();
}

/**
 * The schema of `--schema NAME|FILE`: a file, one that comes with freshet, or a type derived from one (`yt_daily`).
 * @throws UsageError where there is none, or it is not valid
 */
export function loadSchema(word: string): RecordSchema {
  if (word.endsWith('.avsc') || word.includes('/')) return parseSchema(readJson(word), word);
  const file = `${builtInFolder()}${word}.avsc`;
  if (existsSync(file)) return parseSchema(readJson(file), word);
  for (const period of PERIODS) {
    if (word.endsWith(`_${period}`)) return deriveRollup(loadSchema(word.slice(0, -period.length - 1)), period);
  }
  const names = builtInSchemas();
  const nearest = nearestName(word, names);
  throw new UsageError(
    `there is no schema ${word}`,
    nearest === undefined
      ? `There are ${names.join(', ')}; a file is named with its ending, as flight.avsc.`
      : `Did you mean ${nearest}?`,
  );
}

/** The text of a schema file, as JSON. @throws UsageError where it can't be read, or is none */
export function readJson(path: string): Value {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UsageError(`${path} can't be read`, 'Is the path right?', { cause: error });
  }
  try {
    // JSON.parse() would round a default beyond 2^53.
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const line = Buffer.from(text).subarray(0, error.position).toString().split('\n').length;
    throw new UsageError(`${path}:${line}: ${error.message}`);
  }
}
