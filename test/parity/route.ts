import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a command line of freshet does, as far as topics can do it too. */
export interface Route {
  /** What it reads: `-` or paths. */
  readonly from: readonly string[];
  /** The command line without its ends. */
  readonly words: readonly string[];
  /** The paths of the records' key. */
  readonly key: readonly string[];
}

/** Flags that name other ends, formats that topics have not, and what a topic has no end for. */
const NOT_OF_TOPICS = ['--to', '--dead', '--format', '--from-format', '--log-format', '--idle-close', '--max-state'];

/**
 * Undefined for what topics can't stand in for. Rows that are final at the end are those that were changed last: a topic
 * has no end.
 */
export function routeOf(args: readonly string[], schemas: string): Route | undefined {
  const [verb, noun = ''] = args;
  if (verb !== 'aggregate' && !(verb === 'transform' && noun === 'parity')) return undefined;
  const from: string[] = [];
  const words = [verb, noun];
  const given = new Map<string, string>();
  for (let at = 2; at < args.length; at += 2) {
    const [flag = '', value] = args.slice(at, at + 2);
    if (value === undefined || flag.includes('=') || NOT_OF_TOPICS.includes(flag)) return undefined;
    given.set(flag, value);
    if (flag === '--from') from.push(value);
    else if (flag !== '--emit' && flag !== '--every') words.push(flag, value);
  }
  const key = given.get('--key')?.split(',') ?? keyOf(given.get('--schema') ?? defaultOf(verb), schemas);
  return key === undefined ? undefined : { from: from.length === 0 ? ['-'] : from, words, key };
}

const defaultOf = (verb: string): string => (verb === 'transform' ? 'pair' : 'yt');

/** Undefined where there is no such schema: that is for freshet to tell. */
function keyOf(schema: string, schemas: string): readonly string[] | undefined {
  const file = [schema, join(schemas, `${schema}.avsc`)].find((one) => existsSync(one));
  if (file === undefined) return undefined;
  const { freshet }: { freshet?: { key?: string | string[] } } = JSON.parse(readFileSync(file, 'utf8'));
  return [freshet?.key ?? []].flat();
}

/** The key of a record on a line; undefined where it has none. */
export function keyText(line: string, key: readonly string[]): string | undefined {
  try {
    const record: unknown = JSON.parse(line);
    const values = key.map((path) => path.split('.').reduce(memberOf, record));
    return values.length === 0 || values.includes(undefined) ? undefined : JSON.stringify(values);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([own]) => own === name)?.[1];
}
