import { readFileSync } from 'node:fs';
import { sentenceOf } from '../endpoints/system-error.js';
import { UsageError } from '../records/errors.js';
import type { ParsedDocument } from './yaml-document.js';

/**
 * Reads a file that is JSON where its name ends in .json, and YAML otherwise.
 * @throws UsageError where it can't be read, or is neither
 */
export async function readDocument(path: string): Promise<ParsedDocument> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${path} can't be opened: ${sentenceOf(cause)}`, undefined, { cause });
  }
  if (path.endsWith('.json')) return { value: jsonOf(text, path), positionOf: () => undefined };
  const { parseYaml } = await import('./yaml-document.js');
  return parseYaml(text, path);
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path}: ${cause instanceof Error ? cause.message : cause}`, undefined, { cause });
  }
}
