import { jsonText } from '../records/json-text.js';
import { shapeOf } from '../records/row-shape.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';
import { escapeHtml } from './escape-html.js';
import { htmlChart } from './html-chart.js';
import { PAGE_STYLE } from './page-style.js';

export interface PageSection {
  readonly title: string;
  readonly schema: RecordSchema;
  readonly rows: readonly Row[];
  /** Rows in all, of which `rows` are the first. */
  readonly total: number;
  /** More of them, which the chart is of. */
  readonly kept?: readonly Row[];
}

/** Longer texts are broken over lines. */
const LONG = 48;
const NUMBER = ' class="n"';
/** Should a text ever get through as markup, it could load and run nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** One page of HTML that needs nothing else: a chart and a table of each source. */
export function htmlPage(sections: readonly PageSection[]): string {
  const title = sections.map((section) => section.title).join(', ') || 'report';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
${sections.length === 1 ? '' : `<h1>${escapeHtml(title)}</h1>\n`}${sections.map((section) => sectionHtml(section, sections.length === 1 ? 'h1' : 'h2')).join('\n')}
</body>
</html>
`;
}

function sectionHtml({ title, schema, rows, total, kept = rows }: PageSection, heading: 'h1' | 'h2'): string {
  const shape = shapeOf(schema);
  const cells = shape.columns.map(({ name, kind }) => ({ name, isNumber: kind === 'number' }));
  const statusName = shape.monitor === undefined ? undefined : shape.columns[shape.monitor.status]?.name;
  const cell = (row: Row, { name, isNumber }: (typeof cells)[number]): string => {
    const text = textOf(row[name] ?? null);
    if (name === statusName && text === 'breach') return `<td class="bad">${text}</td>`;
    return `<td${isNumber ? NUMBER : text.length > LONG ? ' class="long"' : ''}>${escapeHtml(text)}</td>`;
  };
  const head = cells.map(({ name, isNumber }) => `<th${isNumber ? NUMBER : ''}>${escapeHtml(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${cells.map((one) => cell(row, one)).join('')}</tr>`);
  const more = total - rows.length;
  return `<section>
<${heading}>${escapeHtml(title)} <small>${total.toLocaleString('en-US')} ${total === 1 ? 'row' : 'rows'}</small></${heading}>
${htmlChart(shape, kept, total)}
<div class="table"><table>
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
