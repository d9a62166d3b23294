import { batchFromRows } from '../records/row-batch.js';
import type { ReportSink } from './report-sink.js';

export type ReportFormat = 'table' | 'json' | 'csv' | 'markdown';

/** The text of a report. @param title what the rows are from */
export async function renderReport(title: string, sink: ReportSink, format: ReportFormat): Promise<string> {
  const { rows, total } = sink.result();
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
  return renderTable(schema, rows, { title: title === '-' ? schema.name : title, total, color, width });
}
