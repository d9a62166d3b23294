/**
 * The name that someone who wrote `wrong` most likely meant: the one with the fewest edits (letters added, left out,
 * changed or swapped with their neighbour) to it or to a word of it, without regard to case; undefined where all are
 * too far off.
 */
export function nearestName(wrong: string, names: Iterable<string>): string | undefined {
  const written = wrong.toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const distance = Math.min(editsToAll(written, name), editsToWord(written, name));
    if (distance < least && distance < Math.max(wrong.length, name.length)) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** Its front alone is as likely a slip as one letter. */
function editsToAll(written: string, name: string): number {
  const other = name.toLowerCase();
  return written.length >= 3 && other.startsWith(written) ? 1 : editDistance(written, other);
}

/** One more than to a word itself: `yt_channel_id` and `yt.channelId` are made of yt, channel and id. */
function editsToWord(written: string, name: string): number {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[._ -]/);
  return 1 + Math.min(...words.map((word) => editDistance(written, word)));
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
