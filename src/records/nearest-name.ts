/**
 * The name that someone who wrote `wrong` most likely meant: the one with the fewest edits (letters added, left out,
 * changed or swapped with their neighbour), without regard to case; undefined where all are too far off.
 */
export function nearestName(wrong: string, names: Iterable<string>): string | undefined {
  const written = wrong.toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const other = name.toLowerCase();
    const distance = isPartOf(written, other) ? 1 : editDistance(written, other);
    if (distance < least && distance < Math.max(wrong.length, name.length)) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** A path's last part alone, or the front of a name, is a likely slip. */
function isPartOf(written: string, name: string): boolean {
  return name.endsWith(`.${written}`) || (written.length >= 3 && name.startsWith(written));
}

/** The optimal string alignment distance: Levenshtein's with swaps of neighbours (Damerau, 1964). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(changed, last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, beforeLast[j - 2] + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
