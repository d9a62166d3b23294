import type { Alarms, Alert } from '../actions/action.js';
import type { Sink, SinkCounts } from '../endpoints/endpoint.js';
import { type Batch, columnOf, selectedCount } from '../records/batch.js';
import type { Column } from '../records/columns.js';
import { jsonText } from '../records/json-text.js';
import { rowsOf } from '../records/rows.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';

interface AlertSinkOptions {
  /** What deriveMonitor() gives. */
  readonly schema: RecordSchema;
  readonly monitor: string;
  /** What it is remembered by, over restarts. */
  readonly identity: string;
  readonly alarms: Alarms;
  /** Shows a sentence to the user. */
  readonly tell: (sentence: string) => void;
  /** Told of each breach, after it was raised. */
  readonly breached: () => void;
}

/** Of one flush, more breaches than these are counted and not told one by one. */
const MOST_TOLD = 100;

/** Watches a monitor's rows: each breach is told in a sentence and raised. */
export class AlertSink implements Sink {
  readonly name = 'alerts';
  readonly schema: RecordSchema;
  readonly #options: AlertSinkOptions;
  #rows = 0;
  #breaches = 0;
  /** Since the last flush. */
  #fresh = 0;

  constructor(options: AlertSinkOptions) {
    this.#options = options;
    this.schema = options.schema;
  }

  get breaches(): number {
    return this.#breaches;
  }

  async write(batch: Batch): Promise<void> {
    const { alarms, tell, breached } = this.#options;
    const count = selectedCount(batch);
    this.#rows += count;
    const selection = breachesOf(batch);
    let at = 0;
    for (const row of rowsOf({ ...batch, selection })) {
      this.#breaches++;
      const alert = this.#alertOf(batch, selection[at++], row);
      if (this.#fresh++ < MOST_TOLD) tell(this.#sentence(row));
      alarms.raise(alert);
      breached();
    }
  }

  async flush(): Promise<void> {
    const more = this.#fresh - MOST_TOLD;
    this.#fresh = 0;
    if (more > 0)
      this.#options.tell(`${this.#options.monitor} was breached ${more.toLocaleString('en-US')} more times`);
  }

  async close(): Promise<void> {}

  counts(): SinkCounts {
    return { rows: this.#rows };
  }

  #alertOf(batch: Batch, at: number, row: Row): Alert {
    const { monitor, identity } = this.#options;
    const group = this.schema.key.map((name) => row[name] ?? null);
    const start = instantAt(columnOf(batch, 'window_start'), at);
    return {
      // Of the instant: the zone in which it is written is no matter.
      id: jsonText([identity, ...group, start]),
      monitor,
      ...(group.length === 0 ? {} : { group: jsonText(group) }),
      start,
      end: instantAt(columnOf(batch, 'window_end'), at),
      reason: this.#reason(row),
      json: jsonText(row),
    };
  }

  /** `parity: the ratio 0.5 is over 0.3: 5 of 10 are bad (application web, 2026-01-01T00:00:00Z to 00:00:30Z)` */
  #sentence(row: Row): string {
    const { monitor } = this.#options;
    const [start, end] = [String(row.window_start), String(row.window_end)];
    const when = start === end ? `at ${start}` : `${start} to ${end}`;
    return `${monitor} was breached: ${this.#reason(row)} (${when})`;
  }

  #reason(row: Row): string {
    const group = this.schema.key.map((name) => `${name} ${textOf(row[name] ?? null)}`).join(', ');
    return group === '' ? textOf(row.reason ?? null) : `${group}: ${textOf(row.reason ?? null)}`;
  }
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : jsonText(value);
}

function instantAt(column: Column, row: number): number {
  if (column.kind !== 'time') throw new Error(`a window's bound is ${column.kind}`);
  return column.millis[row];
}

/** The rows of a monitor's batch that are breaches. */
export function breachesOf(batch: Batch): Int32Array {
  const status = columnOf(batch, 'status');
  const rows: number[] = [];
  const count = selectedCount(batch);
  for (let at = 0; at < count; at++) {
    const row = batch.selection?.[at] ?? at;
    if (status.kind === 'dictionary' && status.dictionary.text(status.ids[row]) === 'breach') rows.push(row);
  }
  return Int32Array.from(rows);
}
