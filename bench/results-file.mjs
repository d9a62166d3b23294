import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const HEAD = '# Results of the last benchmark over Kafka and MariaDB\n\n';

/** Puts a part (Markdown that begins with `### TITLE`) in the place of the one with its title, or behind all others. */
export function writePart(path, part) {
  const [head, ...parts] = existsSync(path) ? readFileSync(path, 'utf8').split(/^(?=### )/m) : [HEAD];
  const titleOf = (text) => text.split('\n', 1)[0];
  const at = parts.findIndex((one) => titleOf(one) === titleOf(part));
  parts[at < 0 ? parts.length : at] = part;
  const tidy = parts.map((one) => `${one.trimEnd()}\n`);
  writeFileSync(path, `${head.trimEnd()}\n\n${tidy.join('\n')}`);
}
