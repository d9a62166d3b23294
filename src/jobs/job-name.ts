import { UsageError } from '../records/errors.js';

/** A name is a folder's name and a word of a command line: nothing that could mean something else there. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export function isJobName(name: string): boolean {
  return NAME.test(name);
}

/** @throws UsageError */
export function checkJobName(name: string): string {
  if (isJobName(name)) return name;
  throw new UsageError(
    `${JSON.stringify(name)} is no name of a job`,
    'A name is up to 100 letters, digits, dots, dashes and underscores, and begins with a letter or a digit.',
  );
}
