import { escapeHtml } from './escape-html.js';

const MOST_BARS = 30;

export interface Bar {
  readonly name: string;
  readonly value: number;
}

/** A chart with a bar for each value. */
export function barFigure(caption: string, bars: readonly Bar[]): string {
  const shown = bars.slice(0, MOST_BARS);
  const greatest = Math.max(...shown.map(({ value }) => Math.abs(value))) || 1;
  const drawn = shown.map(({ name, value }) => {
    const width = Math.round((Math.abs(value) / greatest) * 1000) / 10;
    const text = escapeHtml(name);
    return (
      `<span class="name" title="${text}">${text}</span>` +
      `<span class="bar"><i class="${value < 0 ? 's1' : 's0'}" style="width:${width}%"></i></span><span>${valueText(value)}</span>`
    );
  });
  const more = bars.length - shown.length;
  return `<figure>
<figcaption>${escapeHtml(caption)}</figcaption>
<div class="bars">
${drawn.join('\n')}
</div>${more > 0 ? `\n<p class="more">and ${more.toLocaleString('en-US')} more</p>` : ''}
</figure>`;
}

/** `1,234,567`, `0.291667` */
function valueText(value: number): string {
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(6));
  return shown.toLocaleString('en-US', { maximumFractionDigits: 20 });
}
