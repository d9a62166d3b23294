import { FreshetError } from '../records/errors.js';
import { nearestName } from '../records/nearest-name.js';
import { isUsageOfOclif } from './exit-status.js';

/** What is told of an error: what was wrong, and what to do next. */
export interface Described {
  readonly message: string;
  readonly next?: string;
  /** What a program that reads --log-format json tells it by. */
  readonly code?: string;
  /** Only with --debug. */
  readonly stack?: string;
}

export function describeError(error: unknown, debug: boolean): Described {
  const stack = debug && error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  if (error instanceof FreshetError) {
    const next = error.next === undefined ? {} : { next: error.next };
    const code = error.code === undefined ? {} : { code: error.code };
    return { message: plain(error.message), ...next, ...code, ...stack };
  }
  if (isUsageOfOclif(error)) return { ...usage(error), ...stack };
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `this is a bug in freshet: ${message}`,
    next: debug ? 'Please report it with the trace above.' : 'Run it again with --debug and report it.',
    ...stack,
  };
}

/** oclif's errors name what is wrong in their first lines; a mistyped word gets the nearest one. */
function usage(error: Error): Described {
  const [first = ''] = error.message.split('\n');
  const flag = /^Nonexistent flags?: (--?[^\s,]+)/.exec(first)?.[1];
  if (flag !== undefined) {
    const flags: object = Reflect.get(Reflect.get(error, 'parse')?.input ?? {}, 'flags') ?? {};
    const nearest = nearestName(flag.replace(/^-+/, ''), Object.keys(flags));
    return {
      message: `there is no flag ${flag}`,
      next: nearest === undefined ? 'See --help for the flags that there are.' : `Did you mean --${nearest}?`,
    };
  }
  const missing = /Missing required flags? (\S+)/.exec(error.message)?.[1];
  if (missing !== undefined) return { message: `--${missing} is missing`, next: 'See --help for an example.' };
  const text = plain(error.message).replace(/\s*\n\s*/g, ' ');
  return { message: text.charAt(0).toLowerCase() + text.slice(1), next: 'See --help.' };
}

/** A message without what oclif's parser writes around what a flag's own parser has thrown. */
function plain(message: string): string {
  return message.replace(/\nSee more help with --help$/, '').replace(/^Parsing --\S+ \n\t/, '');
}

/** A command that is not there. @param words what was typed @param commands all commands, their words with spaces */
export function unknownCommand(words: readonly string[], commands: readonly string[]): Described {
  const plainWords = words.filter((word) => !word.startsWith('-'));
  const typed = plainWords.slice(0, 2).join(' ');
  if (commands.includes(typed)) {
    return {
      message: `${typed} takes no word ${plainWords[2] ?? ''}`,
      next: `A file is given with --from ${plainWords[2] ?? ''}.`,
    };
  }
  const topics = [...new Set(commands.map((command) => command.split(' ')[0] ?? command))];
  const nearest = nearestName(typed, commands) ?? nearestName(words[0] ?? '', topics);
  return {
    message: `there is no command ${typed}`,
    next: nearest === undefined ? 'See freshet --help.' : `Did you mean freshet ${nearest}?`,
  };
}
