const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * Numbers as bars of eight heights between the least and the greatest of them, the last to the right.
 * @param floor what is lowest instead of the least, where none is below it
 */
export function sparkline(values: readonly number[], width: number, floor = Number.POSITIVE_INFINITY): string {
  const shown = values.slice(-width);
  const finite = shown.filter(Number.isFinite);
  const [least, greatest] = [Math.min(floor, ...finite), Math.max(...finite)];
  const bars = shown.map((value) => {
    if (!Number.isFinite(value)) return ' ';
    // Among equals none stands out.
    const height =
      greatest === least
        ? least === floor
          ? 0
          : 3
        : Math.round(((value - least) / (greatest - least)) * (LEVELS.length - 1));
    return LEVELS[height] ?? ' ';
  });
  return bars.join('').padStart(width);
}
