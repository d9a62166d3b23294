import { batchFromRows } from '../records/row-batch.js';
import type { ReportRows } from './report-sink.js';

export type ReportFormat = 'table' | 'json' | 'csv' | 'markdown' | 'html';

/** The rows of one source. */
export interface Section {
  /** What the rows are from. */
  readonly title: string;
  readonly sink: ReportRows;
}

/** The text of a report of one source. */
export async function renderReport({ title, sink }: Section, format: Exclude<ReportFormat, 'html'>): Promise<string> {
  const { rows, total, forgotten } = sink.result();
  const { schema } = sink;
  if (format === 'csv') {
    const { csvCodec } = await import('../codecs/csv/csv-codec.js');
    const encoder = csvCodec.encoder({ schema });
    const body = rows.length === 0 ? new Uint8Array(0) : encoder.encode(batchFromRows(schema, [...rows]));
    return Buffer.concat([body, encoder.finish()]).toString();
  }
  const { renderJson, renderMarkdown, renderTable } = await import('./table.js');
  if (format === 'json') return renderJson(rows);
  if (format === 'markdown') return renderMarkdown(schema, rows);
  const { isTTY, columns: width } = process.stdout;
  const color = isTTY === true && process.env.NO_COLOR === undefined;
  return renderTable(schema, rows, { title: titleOf(title, sink), total, forgotten, color, width });
}

/** One HTML page of all sources. */
export async function renderDocument(sections: readonly Section[]): Promise<string> {
  const { htmlPage } = await import('./html-page.js');
  return htmlPage(
    sections.map(({ title, sink }) => ({ title: titleOf(title, sink), schema: sink.schema, ...sink.result() })),
  );
}

function titleOf(title: string, { schema }: ReportRows): string {
  return title === '-' ? schema.name : title;
}
