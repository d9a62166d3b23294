import { expect, it } from 'vitest';
import type { BatchSource, Sink } from '../../src/endpoints/endpoint.js';
import { DeadLetters } from '../../src/pipeline/dead-letters.js';
import { Metrics } from '../../src/pipeline/metrics.js';
import type { Pipeline } from '../../src/pipeline/pipeline.js';
import { runPipeline } from '../../src/pipeline/run-pipeline.js';
import { StopSignal } from '../../src/pipeline/stop-signal.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { Row } from '../../src/records/value.js';

const schema = parseSchema({ type: 'record', name: 'one', fields: [{ name: 'a', type: 'int' }] }, 'one');

class TakenOver extends Error {}

/** Five rows and a reject in the middle; others take over as often as is said, in the last commit. */
class Source implements BatchSource {
  readonly name = 't';
  readonly finite = true;
  readonly #times: number;
  #place = 0;
  #committed = 0;
  #lost = 0;

  constructor(times: number) {
    this.#times = times;
  }

  ready(): undefined {}

  take(): ReturnType<BatchSource['take']> {
    const at = this.#place++;
    if (at >= 5) return 'end';
    const batch = batchFromRows(schema, [{ a: at }]);
    const reject = { reason: 'broken', source: 't:0', unit: 'offset', ordinal: at, raw: Buffer.from('x') } as const;
    return at === 2 ? { ...batch, rejects: [reject] } : batch;
  }

  async commit(): Promise<void> {
    if (this.#lost < this.#times) throw new TakenOver();
    this.#committed = this.#place;
  }

  async lost(error: unknown): Promise<boolean> {
    if (!(error instanceof TakenOver)) return false;
    this.#lost++;
    this.#place = this.#committed;
    return true;
  }

  stop(): void {}
  async close(): Promise<void> {}
}

it.each([0, 1, 3])('a run to the end is over when its last commit is: taken over %i times', async (times) => {
  // A transaction: what was not committed is gone.
  let [open, rows]: [Row[], Row[]] = [[], []];
  let letters: Row[] = [];
  const kept: Row[] = [];
  const source = new Source(times);
  const commit = source.commit.bind(source);
  source.commit = async () => {
    try {
      await commit();
    } catch (error) {
      [open, letters] = [[], []];
      throw error;
    }
    rows = [...rows, ...open];
    kept.push(...letters);
    [open, letters] = [[], []];
  };
  const sink: Sink = {
    ...{ name: 'sink', schema, flush: async () => {}, close: async () => {}, counts: () => ({ rows: rows.length }) },
    write: async (batch) => void open.push(...rowsOf(batch)),
  };
  const pipeline: Pipeline = {
    ...{ source, sinks: [sink], every: Number.POSITIVE_INFINITY, drain: 0, maxState: 1 },
    ...{ metrics: new Metrics(), stop: new StopSignal() },
    deadLetters: new DeadLetters({
      ...{ max: Number.POSITIVE_INFINITY, strict: false, isHeld: true, show: () => {} },
      sink: {
        write: async (some) => void letters.push(...some),
        flush: async () => {},
        close: async () => {},
      },
    }),
  };
  await runPipeline(pipeline);
  expect(rows.map(({ a }) => a)).toEqual([0, 1, 2, 3, 4]);
  expect(kept).toHaveLength(1);
});
