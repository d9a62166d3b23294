import { closeSync, openSync, readSync } from 'node:fs';

let buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * The text of a file of /proc or /sys; undefined where it can't be read: another kernel, a process that is gone, no
 * right to. Read at once, since the kernel writes such a file anew for every reader; without asking for its size,
 * which is always 0.
 */
export function systemFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    let length = 0;
    for (;;) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      const count = readSync(file, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.toString('utf8', 0, length);
      length += count;
    }
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** The one number that a file has; null where it has none (`max`) or can't be read. */
export function systemNumber(path: string): number | null {
  return wholeNumberOf(systemFile(path));
}

/** A whole number in a text; null where it is none. */
export function wholeNumberOf(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? '';
  return /^-?[0-9]+$/.test(trimmed) ? Number(trimmed) : null;
}

/** Lines of a name, a separator and a value, by name. */
export function namedValues(text: string | undefined, separator: string | RegExp): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text?.split('\n') ?? []) {
    const [name = '', ...rest] = line.split(separator);
    if (rest.length > 0) values.set(name.trim(), rest.join(' ').trim());
  }
  return values;
}
