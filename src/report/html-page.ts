import { jsonText } from '../records/json-text.js';
import { shapeOf } from '../records/row-shape.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';
import { escapeHtml } from './escape-html.js';
import { svgChart } from './svg-chart.js';

export interface PageSection {
  readonly title: string;
  readonly schema: RecordSchema;
  readonly rows: readonly Row[];
  /** Rows in all, of which `rows` are the first. */
  readonly total: number;
}

/** Colours that can be told apart, also by those who see few (Okabe and Ito 2008). */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6bb1', '#7f7f7f'];

const STYLE = `
:root { color-scheme: light dark; --line: #d0d4da; --soft: #5a6270; --back: #fff; --text: #16181d; --stripe: #f6f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a3f49; --soft: #9aa3b2; --back: #16181d; --text: #e6e9ef; --stripe: #1d2026; }
}
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; background: var(--back); color: var(--text); }
h1 { font-size: 1.2rem; } h2 { font-size: 1.05rem; margin-top: 2.5rem; } h2 small { color: var(--soft); font-weight: normal; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
th { border-bottom-width: 2px; } tbody tr:nth-child(even) { background: var(--stripe); }
.n { text-align: right; } .bad { color: #c22; font-weight: bold; } .more { color: var(--soft); }
svg { width: 100%; height: auto; font-size: 12px; fill: var(--soft); }
polyline { fill: none; stroke-width: 2; } .grid { stroke: var(--line); } .limit { stroke: #c22; stroke-dasharray: 6 4; }
.breach { fill: #c22; } .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .85rem; }
.legend li::before { content: ''; display: inline-block; width: .8em; height: .8em; margin-right: .4em; background: currentColor; }
${COLORS.map((color, at) => `g.s${at} { stroke: ${color}; } rect.s${at} { fill: ${color}; } li.s${at}::before { background: ${color}; }`).join('\n')}
`;

/** One page of HTML that needs nothing else: a chart and a table of each source. */
export function htmlPage(sections: readonly PageSection[]): string {
  const title = sections.map((section) => section.title).join(', ') || 'report';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${sections.map(sectionHtml).join('\n')}
</body>
</html>
`;
}

function sectionHtml({ title, schema, rows, total }: PageSection): string {
  const shape = shapeOf(schema);
  const cells = shape.columns.map(({ name, kind }) => ({ name, number: kind === 'number' ? ' class="n"' : '' }));
  const statusName = shape.monitor === undefined ? undefined : shape.columns[shape.monitor.status]?.name;
  const cell = (row: Row, { name, number }: (typeof cells)[number]): string => {
    const text = textOf(row[name] ?? null);
    return `<td${name === statusName && text === 'breach' ? ' class="bad"' : number}>${escapeHtml(text)}</td>`;
  };
  const head = cells.map(({ name, number }) => `<th${number}>${escapeHtml(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${cells.map((one) => cell(row, one)).join('')}</tr>`);
  const more = total - rows.length;
  return `<section>
<h2>${escapeHtml(title)} <small>${total.toLocaleString('en-US')} ${total === 1 ? 'row' : 'rows'}</small></h2>
${svgChart(shape, rows)}
<div class="wide"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>
${more > 0 ? `<p class="more">… and ${more.toLocaleString('en-US')} more (--limit 0 shows all)</p>` : ''}
</section>`;
}

function textOf(value: Value): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : jsonText(value);
}
