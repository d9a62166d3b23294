const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Numbers as bars of eight heights between the least and the greatest of them, the last to the right. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const finite = shown.filter(Number.isFinite);
  const [least, greatest] = [Math.min(...finite), Math.max(...finite)];
  const bars = shown.map((value) => {
    if (!Number.isFinite(value)) return ' ';
    // Among equals none stands out.
    const height = greatest === least ? 3 : Math.round(((value - least) / (greatest - least)) * (LEVELS.length - 1));
    return LEVELS[height] ?? ' ';
  });
  return bars.join('').padStart(width);
}
