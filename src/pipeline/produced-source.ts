import type { BatchSource } from '../endpoints/endpoint.js';
import type { ProducedBatch } from '../endpoints/produce/encode-produced.js';
import type { Batch } from '../records/batch.js';

/** Makes the broken records of a simulation a part of its rows: they are what was asked for, not dead letters. */
export class ProducedSource implements BatchSource {
  readonly name: string;
  readonly finite: boolean;

  constructor(readonly source: BatchSource) {
    this.name = source.name;
    // A simulation is stopped at once by a signal: nobody writes to it.
    this.finite = true;
  }

  ready(): Promise<void> | undefined {
    return this.source.ready();
  }

  take(): Batch | 'wait' | 'end' {
    const got = this.source.take();
    if (typeof got === 'string' || got.rejects === undefined) return got;
    const { rejects, ...rest } = got;
    const produced: ProducedBatch = { ...rest, broken: rejects };
    return produced;
  }

  stop(): void {
    this.source.stop();
  }

  close(): Promise<void> {
    return this.source.close();
  }
}
