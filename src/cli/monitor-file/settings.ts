import type { Interfaces } from '@oclif/core';
import { parse } from '@oclif/core/parser';
import { describeError } from '../describe-error.js';
import { type Problem, unknownName } from './problem.js';
import type { Pair, Tree } from './yaml-tree.js';

type Flags = Readonly<Record<string, Interfaces.FlagInput[string]>>;

/** Settings that a file has in place of flags. */
export interface Settings {
  /** As a command line would say them. */
  readonly words: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Settings as the flags of the same names: `max: 0.3` is `--max=0.3`, `kill: true` is `--kill`, and a list is a flag that
 * is given several times, or its items with commas between them. Each is checked on its own, so that all of what is
 * wrong is told, each where it stands.
 */
export async function settingsOf(pairs: readonly Pair[], flags: Flags, what: string): Promise<Settings> {
  const words: string[] = [];
  const problems: Problem[] = [];
  for (const { key, place, value } of pairs) {
    const flag = flags[key];
    if (flag === undefined) {
      problems.push(unknownName(place, what, key, Object.keys(flags)));
      continue;
    }
    const own = flag.type === 'boolean' ? switchOf(key, value) : textsOf(value, flag.multiple === true);
    if (own === undefined) {
      const needed = flag.type === 'boolean' ? 'true or false' : 'a value, or a list of values';
      problems.push({ place: value.place, message: `${key} needs ${needed}` });
      continue;
    }
    const given = flag.type === 'boolean' ? own : own.map((text) => `--${key}=${text}`);
    const problem = await problemOf(given, key, flag, value);
    if (problem === undefined) words.push(...given);
    else problems.push(problem);
  }
  return { words, problems };
}

/** Undefined: it is neither true nor false. */
function switchOf(key: string, value: Tree): string[] | undefined {
  if (value.kind !== 'scalar') return undefined;
  if (value.text === 'true') return [`--${key}`];
  if (value.text !== 'false') return undefined;
  return key === 'create' ? ['--no-create'] : [];
}

/** Undefined: it has no text. */
function textsOf(value: Tree, isMultiple: boolean): string[] | undefined {
  if (value.kind === 'scalar') return value.text === null ? undefined : [value.text];
  if (value.kind === 'map' || value.items.length === 0) return undefined;
  const texts = value.items.flatMap((item) => (item.kind === 'scalar' && item.text !== null ? [item.text] : []));
  if (texts.length < value.items.length) return undefined;
  return isMultiple ? texts : [texts.join(',')];
}

async function problemOf(words: string[], key: string, flag: Flags[string], value: Tree): Promise<Problem | undefined> {
  try {
    await parse(words, { flags: { [key]: { ...flag, required: false } }, strict: true });
    return undefined;
  } catch (error) {
    const { message, next } = describeError(error, false);
    return {
      place: value.place,
      message: asSetting(message),
      ...adviceOf(next),
    };
  }
}

/** A sentence about flags as one about settings: `max 0.3` for `--max 0.3`. */
export function asSetting(sentence: string): string {
  return sentence.replaceAll(/(?<![\w-])--(?=[a-z])/g, '');
}

/** What to do, as of settings; what the help of a command has is none. */
export function adviceOf(next: string | undefined): Pick<Problem, 'next'> {
  const advice = asSetting(next ?? '').replace(/ ?See help( for an example)?\.$/, '');
  return advice === '' ? {} : { next: advice };
}
