import { UsageError } from '../../records/errors.js';
import type { Restart } from './run-state.js';

/** A command that may be run by its name. A word `${topic}` stands for the setting `topic` of who submits it. */
export interface AllowedCommand {
  readonly command: readonly string[];
  readonly restart?: Restart;
  /** Besides the environment of who runs it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const PLACEHOLDER = /^\$\{([A-Za-z][A-Za-z0-9_]*)\}$/;
const LONGEST_SETTING = 1000;

/** @throws UsageError */
export function checkAllowed(name: string, { command }: AllowedCommand): void {
  const [program] = command;
  if (program === undefined || program === '' || PLACEHOLDER.test(program)) {
    throw new UsageError(`the command of job ${name} does not say what to run`);
  }
  const part = command.find((word) => word.includes('${') && !PLACEHOLDER.test(word));
  if (part === undefined) return;
  throw new UsageError(
    `the command of job ${name} has ${part}: a setting stands for a word, not for a part of one`,
    'Write the flag and the setting as two words.',
  );
}

/**
 * The command with its settings in place. Each stays one word: no shell sees it, and none is taken for a flag.
 * @throws UsageError for settings that it does not have, or lacks, or that can't be a word's text
 */
export function filledIn(
  name: string,
  { command }: AllowedCommand,
  settings: Readonly<Record<string, string>>,
): readonly string[] {
  const wanted = new Set(command.flatMap((word) => PLACEHOLDER.exec(word)?.[1] ?? []));
  const unknown = Object.keys(settings).find((setting) => !wanted.has(setting));
  if (unknown !== undefined) {
    const known = wanted.size === 0 ? 'It has none.' : `It has ${[...wanted].join(', ')}.`;
    throw new UsageError(`job ${name} has no setting ${unknown}`, known);
  }
  return command.map((word) => {
    const setting = PLACEHOLDER.exec(word)?.[1];
    return setting === undefined ? word : textOf(name, setting, settings);
  });
}

function textOf(name: string, setting: string, settings: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(settings, setting) ? settings[setting] : undefined;
  if (value === undefined) throw new UsageError(`job ${name} needs the setting ${setting}`);
  if (value.length > LONGEST_SETTING) {
    throw new UsageError(`setting ${setting} of job ${name} is longer than ${LONGEST_SETTING} characters`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (value === '' || value.startsWith('-') || /[\u0000-\u001f\u007f]/.test(value)) {
    throw new UsageError(
      `setting ${setting} of job ${name} is empty, begins with a dash or has control characters`,
      'It could be taken for something else than a value.',
    );
  }
  return value;
}
