import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ROOT } from '../cases/run-case.js';
import { flagsOf } from './command-line.js';

/** Whose records and rows may stand in topics. A report gives none: test/cli has it of topics. */
const NOUNS = {
  aggregate: ['hourly', 'daily', 'weekly', 'monthly', 'yearly', 'window', 'total'],
  monitor: ['ratio', 'missing', 'anomaly'],
  produce: ['cpu', 'pairs', 'sensors', 'yt'],
  store: ['raw', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'window', 'total'],
  transform: ['cpu', 'parity'],
} as const;
type Verb = keyof typeof NOUNS;
export const VERBS: readonly string[] = Object.keys(NOUNS);

/** What a command line does, as far as topics can do it too. */
export interface Route {
  readonly verb: Verb;
  /** What topics stand for: `-` and paths. What makes its records itself reads none. */
  readonly reads: readonly string[];
  /** As `--from-format` has it. */
  readonly format?: string;
  /** The command line without the ends that topics stand for. */
  readonly words: readonly string[];
  /** Whether a topic stands for standard output. */
  readonly rows: boolean;
  /** The file of dead letters, for which a topic stands, too. */
  readonly dead?: { readonly path: string; readonly append: boolean };
  /** Whether copies can share the work: those that write one file, or print, write over each other. */
  readonly isShared: boolean;
  /** The paths of the records' key. */
  readonly key: readonly string[];
}

const URI = /^[a-z][a-z-]+:/;
const DURATION = /^\d+(ms|s|m|h|d)$|^0$/;

/** Why topics can't stand in, where they can't. @param cwd where the command runs */
export function routeOf(args: readonly string[], cwd: string): Route | string {
  const [verb = '', noun = ''] = args;
  if (!isVerb(verb) || !NOUNS[verb].some((one) => one === noun)) return 'no command that reads or writes records';
  const flags = flagsOf(args.slice(2));
  if (flags === undefined) return 'flags that are none';
  const given = (name: string): string[] => flags.flatMap(([flag, value]) => (flag === name ? [value ?? ''] : []));
  const [format] = given('--from-format');
  const reads = readsOf(verb, given('--from'));
  const other = reads.find((path) => path !== '-' && !isReadable(path, cwd));
  if (other !== undefined) return `${other} is no file`;
  const isEndless = verb === 'produce' && given('--count').length + given('--days').length === 0;
  if (isEndless) return 'no end';
  const rows = writesRows(verb, given);
  if (verb === 'produce' && !rows) return 'no rows that topics hold';
  const [dead] = given('--dead');
  const letters = dead !== undefined && isWritable(dead, cwd);
  const words: string[] = [verb, noun];
  for (const [flag, value] of flags) {
    if (flag === '--from' || (flag === '--dead' && letters) || (flag === '--to' && rows && value === '-')) continue;
    if (verb === 'aggregate' && isAboutTheEnd(flag, value)) continue;
    words.push(flag, ...(value === undefined ? [] : [value]));
  }
  return {
    verb,
    reads,
    words,
    rows,
    isShared:
      verb !== 'produce' &&
      given('--to').every((to) => (to === '-' ? rows : URI.test(to))) &&
      (rows || verb === 'store' || given('--to').length > 0),
    key: keyOf(verb, noun, cwd, given),
    ...(format === undefined ? {} : { format }),
    ...(letters ? { dead: { path: dead, append: given('--append').length > 0 } } : {}),
  };
}

const isReadable = (path: string, cwd: string): boolean => {
  const file = resolve(cwd, path);
  return !URI.test(path) && existsSync(file) && !statSync(file).isDirectory();
};

const isWritable = (path: string, cwd: string): boolean =>
  path !== '-' && !URI.test(path) && !path.startsWith('/dev/') && existsSync(dirname(resolve(cwd, path)));

const isVerb = (word: string): word is Verb => word in NOUNS;

function readsOf(verb: Verb, from: readonly string[]): readonly string[] {
  if (verb === 'produce') return [];
  return from.length === 0 ? ['-'] : from;
}

/** Whether standard output gets rows in a format that topics have. */
function writesRows(verb: Verb, given: (name: string) => readonly string[]): boolean {
  const [format = 'ndjson'] = given('--format');
  const to = given('--to');
  const isOutput = to.length === 0 ? verb !== 'store' && given('--pass').length === 0 : to.includes('-');
  return isOutput && (format === 'ndjson' || format === 'msgpack');
}

/** Rows that are final at the end are those that were changed last: a topic has no end. */
function isAboutTheEnd(flag: string, value = ''): boolean {
  return (flag === '--emit' && ['close', 'update'].includes(value)) || (flag === '--every' && DURATION.test(value));
}

/** By which records lie in partitions; none where there is no such schema, which is for freshet to tell. */
function keyOf(verb: Verb, noun: string, cwd: string, given: (name: string) => readonly string[]): readonly string[] {
  const isOfGroups = verb === 'store' && (noun === 'window' || noun === 'total');
  const [own] = given(isOfGroups ? '--by' : '--key');
  if (own !== undefined || isOfGroups) return own?.split(',') ?? [];
  const [schema = DEFAULTS[noun] ?? 'yt'] = given('--schema');
  const raw = schema.replace(/_(hourly|daily|weekly|monthly|yearly)$/, '');
  const file = [resolve(cwd, schema), join(ROOT, 'schemas', `${raw}.avsc`)].find((one) => existsSync(one));
  try {
    return annotatedKey(JSON.parse(readFileSync(file ?? '', 'utf8')));
  } catch {
    return [];
  }
}

const DEFAULTS: Readonly<Record<string, string>> = { cpu: 'cpu', parity: 'pair', ratio: 'outcome' };

/** The key that a schema is annotated with; none where it is not. */
export function annotatedKey(schema: unknown): readonly string[] {
  const { freshet } = Object(schema) as { freshet?: { key?: string | string[] } };
  return [freshet?.key ?? []].flat();
}

/** The key of a record; undefined where it has none. */
export function keyText(record: unknown, key: readonly string[]): string | undefined {
  const values = key.map((path) => path.split('.').reduce(memberOf, record));
  return values.length === 0 || values.includes(undefined) ? undefined : JSON.stringify(values);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([own]) => own === name)?.[1];
}
