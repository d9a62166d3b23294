import { masked, passwordVariable } from '../records/uri-password.js';

/**
 * Tells once of a password in the command line: whoever lists the machine's processes sees what was typed.
 * @param words what names the ends
 * @param registry the registry's URL, which may have come from its variable
 */
export function warnOfPasswords(
  words: readonly string[],
  registry: string | undefined,
  show: (sentence: string) => void,
): void {
  const typed = registry === undefined || registry === process.env.SCHEMA_REGISTRY_URL ? [] : [registry];
  for (const word of [...words, ...typed]) {
    const variable = passwordVariable(word);
    if (variable === undefined) continue;
    show(`the password in ${masked(word)} can be seen by others on this machine: set ${variable} in its place`);
    return;
  }
}
