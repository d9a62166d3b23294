/** Flags that take no value. */
const SWITCHES = [
  ...[
    '--append',
    '--create',
    '--create-topics',
    '--debug',
    '--deletes',
    '--dry-run',
    '--kill',
    '--no-create',
    '--pass',
  ],
  ...['--reset', '--strict', '--until-end'],
];

/** The flags of a command line with their values; undefined where it has other words, or a value is missing. */
export function flagsOf(words: readonly string[]): [string, string | undefined][] | undefined {
  const flags: [string, string | undefined][] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('--')) return undefined;
    const equal = word.indexOf('=');
    if (equal > 0) flags.push([word.slice(0, equal), word.slice(equal + 1)]);
    else if (SWITCHES.includes(word)) flags.push([word, undefined]);
    else if (++at < words.length) flags.push([word, words[at]]);
    else return undefined;
  }
  return flags;
}
