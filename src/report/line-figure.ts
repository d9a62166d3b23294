import { ticksOf, tickText } from './axis-ticks.js';
import type { Chart, ChartPoint } from './chart-series.js';
import { escapeHtml } from './escape-html.js';

/** The drawing is stretched to the page: these are steps, not pixels. */
const WIDTH = 1000;
const HEIGHT = 100;
/** More lines can't be told from one another. */
const MOST_SERIES = 8;

/** A chart with a line for each series. Its texts are those of the page, and keep their size on a narrow one. */
export function lineFigure(caption: string, chart: Chart): string {
  const series = chart.series.slice(0, MOST_SERIES);
  const [least, greatest] = spanOf([...series.map(({ points }) => points), [{ x: 0, y: chart.limit }]]);
  const ticks = ticksOf(least, greatest);
  const [bottom = 0, top = 1] = [ticks[0], ticks.at(-1)];
  const x = (at: number): number => round((at / chart.steps) * WIDTH);
  const y = (value: number): number => round(HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT);
  const across = (name: string, value: number): string => `<path class="${name}" d="M0 ${y(value)}H${WIDTH}"/>`;
  const drawn = series.map(({ name, points }, at) => {
    const path = thinned(points, chart.steps).map((point) => `${x(point.x)},${y(point.y)}`);
    return `<polyline class="s${at}" points="${path.join(' ')}"><title>${escapeHtml(name)}</title></polyline>`;
  });
  const breaches = series.flatMap(({ points }) => points.filter(({ isBreach }) => isBreach));
  // A line of no length with a round end: a dot that is not stretched.
  const dots = new Set(breaches.map((point) => `M${x(point.x)} ${y(point.y)}h0`));
  const limit = Number.isNaN(chart.limit) ? '' : across('limit', chart.limit);
  const marks = dots.size === 0 ? '' : `<path class="breach" d="${[...dots].join('')}"/>`;
  return `<figure>
<figcaption>${escapeHtml(caption)}</figcaption>
<div class="plot"><div class="y">${[...ticks].reverse().map(labelOf).join('')}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(caption)}">
${[...ticks.map((tick) => across('grid', tick)), limit, ...drawn, marks].filter((part) => part !== '').join('\n')}
</svg>
<div class="x"><span>${escapeHtml(chart.from)}</span><span>${escapeHtml(chart.to)}</span></div></div>
${legend(chart, dots.size > 0)}
</figure>`;
}

function labelOf(tick: number): string {
  return `<span>${tickText(tick)}</span>`;
}

function legend({ series, limit }: Chart, hasBreaches: boolean): string {
  const items = series.slice(0, MOST_SERIES).map(({ name }, at) => `<li class="s${at}">${escapeHtml(name)}</li>`);
  if (series.length > MOST_SERIES) items.push(`<li class="more">and ${series.length - MOST_SERIES} more</li>`);
  if (!Number.isNaN(limit)) items.push(`<li class="limit">at most ${tickText(limit)}</li>`);
  if (hasBreaches) items.push('<li class="breach">breach</li>');
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** The least and the greatest value. */
function spanOf(all: readonly (readonly Pick<ChartPoint, 'x' | 'y'>[])[]): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const points of all) {
    for (const { y } of points) {
      if (y < least) least = y;
      if (y > greatest) greatest = y;
    }
  }
  return [least, greatest];
}

/** Of the points that stand in one place the first, the least, the greatest and the last: they look as all do. */
function thinned(points: readonly ChartPoint[], steps: number): readonly ChartPoint[] {
  if (points.length <= 4 * WIDTH) return points;
  const kept: ChartPoint[] = [];
  for (let from = 0; from < points.length; ) {
    const column = columnOf(points[from], steps);
    let [to, least, greatest] = [from, from, from];
    while (to + 1 < points.length && columnOf(points[to + 1], steps) === column) {
      to++;
      if (points[to].y < points[least].y) least = to;
      if (points[to].y > points[greatest].y) greatest = to;
    }
    const shown = [...new Set([from, least, greatest, to])].sort((a, b) => a - b);
    kept.push(...shown.map((at) => points[at]));
    from = to + 1;
  }
  return kept;
}

function columnOf({ x }: ChartPoint, steps: number): number {
  return Math.floor((x / steps) * WIDTH);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
