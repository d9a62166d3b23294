import { rowTypeOf } from '../../pipeline/row-type.js';
import { masked } from '../../records/uri-password.js';
import { renderDocument, renderReport, type Section } from '../../report/render-report.js';
import { ReportSink } from '../../report/report-sink.js';
import { run } from '../run.js';
import { writeOut } from '../write-out.js';
import type { ReportPlan } from './report-plan.js';

/** Of records that are no upserts, the first so many are in the chart of a page. */
const CHARTED = 10_000;

/** Prints what the sources have, one after the other, and ends; topics are read as far as they go now. */
export async function reportOnce({ words, ends, choice, limit, format, reporter, stop }: ReportPlan): Promise<void> {
  const sections: Section[] = [];
  for (const from of words) {
    let sink: ReportSink | undefined;
    await run(
      { ...ends, from: [from], to: [], topics: { ...ends.topics, untilEnd: true } },
      async ({ inputs }) => {
        const schema = await rowTypeOf(choice, inputs);
        sink = new ReportSink(schema, limit, format === 'html' ? CHARTED : 0);
        return { schema, sinks: [sink], readsAll: true };
      },
      reporter,
      stop,
    );
    if (sink === undefined) continue;
    const section = { title: masked(from), sink };
    if (format === 'html') sections.push(section);
    else await writeOut(await renderReport(section, format));
  }
  if (format === 'html') await writeOut(await renderDocument(sections));
}
