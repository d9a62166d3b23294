import type { Batch } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import { batchFromRows } from '../../records/row-batch.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import type { Row } from '../../records/value.js';
import type { KeyIds } from '../key-ids.js';
import { boundColumn } from '../window/window-rows.js';

const BATCH = 4096;

/** What a monitor has found out about a group. */
export interface Finding {
  readonly group: number;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly isBreach: boolean;
  /** A sentence without a full stop. */
  readonly reason: string;
  /** What was measured, by field. */
  readonly own: Row;
}

/** Turns findings into rows of the type that deriveMonitor() gives. */
export class FindingRows {
  readonly #output: RecordSchema;
  /** The fields behind those of the group and the bounds. */
  readonly #rest: RecordSchema;
  readonly #groups: KeyIds;
  readonly #zone: Zone;
  readonly #monitor: string;

  constructor(output: RecordSchema, groups: KeyIds, zone: Zone, monitor: string) {
    const { time: _, ...untimed } = output;
    this.#output = output;
    this.#rest = { ...untimed, fields: output.fields.slice(groups.paths.length + 2) };
    this.#groups = groups;
    this.#zone = zone;
    this.#monitor = monitor;
  }

  /** Each batch is borrowed until the next is asked for. */
  *batches(findings: readonly Finding[]): Generator<Batch> {
    for (let from = 0; from < findings.length; from += BATCH) yield this.#batch(findings.slice(from, from + BATCH));
  }

  #batch(findings: readonly Finding[]): Batch {
    const rows = findings.map(
      ({ isBreach, reason, own }): Row => ({
        ...own,
        monitor: this.#monitor,
        status: isBreach ? 'breach' : 'ok',
        reason,
      }),
    );
    const columns = [
      ...this.#groups.columns(Int32Array.from(findings, ({ group }) => group)).values(),
      boundColumn(
        Float64Array.from(findings, ({ start }) => Math.floor(start)),
        this.#zone,
      ),
      boundColumn(
        Float64Array.from(findings, ({ end }) => Math.floor(end)),
        this.#zone,
      ),
      ...batchFromRows(this.#rest, rows).columns.values(),
    ];
    const named = this.#output.fields.map(({ name }, at) => [name, columns[at] ?? bug(`no column ${name}`)] as const);
    return { schema: this.#output, length: findings.length, columns: new Map(named) };
  }
}
