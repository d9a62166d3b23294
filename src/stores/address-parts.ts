import { readFileSync } from 'node:fs';
import { UsageError } from '../records/errors.js';
import { nearestName } from '../records/nearest-name.js';

/** The parameters behind a server's address. @throws UsageError for one that is not among `known` */
export function parametersOf(
  query: URLSearchParams,
  named: string,
  known: readonly string[],
): ReadonlyMap<string, string> {
  const parameters = new Map(query);
  for (const name of parameters.keys()) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new UsageError(
      `${named}: there is no parameter ${name}`,
      nearest === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${nearest}?`,
    );
  }
  return parameters;
}

/** The text of the PEM file that a parameter names, under `name`. @throws UsageError where it can't be read */
export function fileOf<Name extends string>(
  parameters: ReadonlyMap<string, string>,
  parameter: string,
  name: Name,
): Partial<Record<Name, string>> {
  const path = parameters.get(parameter);
  const file: Partial<Record<Name, string>> = {};
  if (path === undefined) return file;
  try {
    file[name] = readFileSync(path, 'utf8');
    return file;
  } catch (error) {
    throw new UsageError(`${parameter}=${path} can't be read`, 'Name a file in PEM format.', { cause: error });
  }
}

/** A part of an address without its percent signs. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign stands for itself.
    return text;
  }
}
