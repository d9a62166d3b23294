import type { LiveTable } from './live-table.js';

/** Alerts that are kept at most. */
const MOST = 500;

/** A breach that a monitor has reported. */
export interface Alert {
  readonly source: string;
  /** The window that it is of, and what else its row is about. */
  readonly about: string;
  readonly monitor: string;
  readonly reason: string;
}

/** The breaches that came, the last of them; of each row one, until it is well again. */
export class Alerts {
  readonly #alerts: Alert[] = [];
  readonly #open = new Set<string>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** To be told of each row of a monitor that is new or has changed. */
  note(source: string, table: LiveTable, slot: number): void {
    const { monitor, series, period } = table.shape;
    if (monitor === undefined) return;
    const name = `${source} ${table.keyOf(slot)}`;
    if (!isBreach(table, slot)) {
      this.#open.delete(name);
      return;
    }
    if (this.#open.has(name)) return;
    if (this.#open.size >= MOST * 10) this.#open.clear();
    this.#open.add(name);
    const text = (place: number | undefined): string => (place === undefined ? '' : table.cells(place).text(slot));
    const group = series.filter((place) => place !== monitor.name).map(text);
    this.#total++;
    this.#alerts.push({
      source,
      about: [text(period), ...group].filter((part) => part !== '').join(' '),
      monitor: text(monitor.name),
      reason: text(monitor.reason) || ratioText(text(monitor.ratio), text(monitor.max)),
    });
    if (this.#alerts.length > MOST) this.#alerts.shift();
  }

  /** Newest first. */
  last(most: number): Alert[] {
    return this.#alerts.slice(-most).reverse();
  }
}

/** Whether a monitor's row reports a breach. */
export function isBreach(table: LiveTable, slot: number): boolean {
  const { monitor } = table.shape;
  return monitor !== undefined && table.cells(monitor.status).text(slot) === 'breach';
}

function ratioText(ratio: string, max: string): string {
  if (ratio === '') return 'breach';
  return max === '' ? `ratio ${ratio}` : `ratio ${ratio} is over ${max}`;
}
