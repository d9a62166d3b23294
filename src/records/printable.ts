// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Text that can't move a terminal's cursor, colour it or turn its direction around: a dot for each such character. */
export function printable(text: string): string {
  return text.replace(CONTROLS, '\u00b7');
}
