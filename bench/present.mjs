/**
 * The programs that were asked for and are on this machine; those that are not are named.
 * @param {{ peers?: string[], short: boolean, say: (sentence: string) => void }} options
 */
export function presentOf(programs, { peers, short, say }) {
  return programs.filter((program) => {
    if (peers !== undefined && !peers.includes(program.id)) return false;
    if (short && program.givesNoAnswer) return false;
    if (program.version() !== undefined) return true;
    say(`${program.name} is not on this machine and is left out. To have it: ${program.howToInstall ?? 'install it'}.`);
    return false;
  });
}
