import type { ByteSink, Sink, SinkCounts } from '../endpoints/endpoint.js';
import type { Batch } from '../records/batch.js';
import { jsonText } from '../records/json-text.js';
import { rowsOf } from '../records/rows.js';
import type { RecordSchema } from '../records/schema.js';

/**
 * Each window's ratio as a line of a file: `Ratio(unsuccess/total) = 0.25`, and of groups behind it which one:
 * `Ratio(unsuccess/total) = 0.25 {"application":"web"}`.
 */
export class RatioReport implements Sink {
  readonly name: string;
  readonly #file: ByteSink;
  #rows = 0;

  constructor(
    file: ByteSink,
    readonly schema: RecordSchema,
  ) {
    this.#file = file;
    this.name = file.name;
  }

  async write(batch: Batch): Promise<void> {
    let text = '';
    for (const row of rowsOf(batch)) {
      this.#rows++;
      if (typeof row.ratio !== 'number') continue;
      const group = this.schema.key.map((name) => [name, row[name] ?? null] as const);
      const which = group.length === 0 ? '' : ` ${jsonText(Object.fromEntries(group))}`;
      text += `Ratio(unsuccess/total) = ${row.ratio}${which}\n`;
    }
    await this.#file.write(Buffer.from(text));
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  async close(): Promise<void> {
    await this.#file.flush();
    await this.#file.close();
  }

  counts(): SinkCounts {
    return { rows: this.#rows };
  }
}
