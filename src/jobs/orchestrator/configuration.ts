import { UsageError } from '../../records/errors.js';
import { nearestName } from '../../records/nearest-name.js';
import { checkJobName } from '../job-name.js';

/** The greatest ratio of failures of an application that says none. */
export const MAXIMUM = 0.3;

export interface Application {
  /** What is run when it is submitted; absent: it is started elsewhere, and only watched and stopped. */
  readonly command?: readonly string[];
  readonly restart?: 'never' | 'on-failure';
  readonly env?: Readonly<Record<string, string>>;
  /** A relative one is of the configuration's folder. */
  readonly cwd?: string;
  /** It is stopped where the ratio of its failures is over this. */
  readonly maximum: number;
}

export interface Configuration {
  /** Of applications that are not named. */
  readonly maximum: number;
  readonly applications: ReadonlyMap<string, Application>;
}

/** The place of a value: names and places in lists. */
type Path = readonly (string | number)[];
type Place = (path: Path) => { line: number; column: number } | undefined;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks what a configuration file holds: `{maximum, applications: {NAME: {command, maximum, restart, env, cwd}}}`.
 * @param name of the file @param positionOf where a value stands in it
 * @throws UsageError
 */
export function configurationOf(value: unknown, name: string, positionOf: Place): Configuration {
  const fields = value === null ? {} : read([], value);
  onlyKnown([], fields, ['maximum', 'applications']);
  const maximum = maximumOf([], fields, MAXIMUM);
  const { applications = {} } = fields;
  const entries = Object.entries(read(['applications'], applications ?? {})).map(
    ([job, application]): [string, Application] => [named(job), applicationOf(['applications', job], application)],
  );
  return { maximum, applications: new Map(entries) };

  function named(job: string): string {
    try {
      return checkJobName(job);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${placeOf(['applications', job])}: ${error.message}`, error.next);
    }
  }

  function applicationOf(path: Path, given: unknown): Application {
    const application = given === null ? {} : read(path, given);
    onlyKnown(path, application, ['command', 'maximum', 'restart', 'env', 'cwd']);
    const { command, restart, env, cwd } = application;
    return {
      maximum: maximumOf(path, application, maximum),
      ...(command === undefined ? {} : { command: commandOf([...path, 'command'], command) }),
      ...(restart === undefined ? {} : { restart: restartOf([...path, 'restart'], restart) }),
      ...(env === undefined ? {} : { env: textsOf([...path, 'env'], env) }),
      ...(cwd === undefined ? {} : { cwd: textOf([...path, 'cwd'], cwd) }),
    };
  }

  function maximumOf(path: Path, { maximum: given }: Fields, fallback: number): number {
    if (given === undefined) return fallback;
    // YAML's scalars come as they were written.
    const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    if (typeof number === 'number' && number >= 0 && number <= 1) return number;
    return wrong([...path, 'maximum'], 'must be a number from 0 to 1');
  }

  function commandOf(path: Path, given: unknown): readonly string[] {
    if (!Array.isArray(given) || given.length === 0)
      return wrong(path, 'must be a list of words: [freshet, transform, …]');
    return given.map((word, at) => textOf([...path, at], word));
  }

  function restartOf(path: Path, given: unknown): 'never' | 'on-failure' {
    return given === 'never' || given === 'on-failure' ? given : wrong(path, 'must be never or on-failure');
  }

  function textsOf(path: Path, given: unknown): Readonly<Record<string, string>> {
    const entries = Object.entries(read(path, given)).map(([key, one]) => [key, textOf([...path, key], one)]);
    return Object.fromEntries(entries);
  }

  function textOf(path: Path, given: unknown): string {
    return typeof given === 'string' ? given : wrong(path, 'must be a text');
  }

  function read(path: Path, given: unknown): Fields {
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...given };
    return wrong(path, 'must have names and values');
  }

  function onlyKnown(path: Path, given: Fields, known: readonly string[]): void {
    const unknown = Object.keys(given).find((key) => !known.includes(key));
    if (unknown === undefined) return;
    const nearest = nearestName(unknown, known);
    wrong(
      [...path, unknown],
      'is not known',
      nearest === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${nearest}?`,
    );
  }

  function wrong(path: Path, what: string, next?: string): never {
    throw new UsageError(`${placeOf(path)}: ${path.length === 0 ? 'the configuration' : path.join('.')} ${what}`, next);
  }
  function placeOf(path: Path): string {
    const { line, column } = positionOf(path) ?? {};
    return line === undefined ? name : `${name}:${line}:${column}`;
  }
}
