import type { TimeColumn } from '../../records/columns.js';
import { microsOf } from '../../records/time/exact-millis.js';
import { nanosOf, PRECISION, ZONE_STYLE } from '../../records/time/form.js';
import { formatTime } from '../../records/time/format-time.js';
import { UTC } from '../../records/time/zone.js';
import { timeColumn } from '../../records/time-column.js';
import type { ExistingColumn } from './existing-table.js';

/**
 * Times in columns of the server's own types: DATETIME and DATE have what the clock of the run's zone shows, TIMESTAMP
 * the instant. Read back they are texts with T, with a Z where they are instants, and with no more of a fraction than
 * there is: how a time was written is not kept there.
 */
export class Instants {
  readonly #form: number;
  readonly #isInstant: boolean;

  constructor(readonly column: ExistingColumn) {
    this.#isInstant = column.dataType === 'timestamp';
    this.#form = PRECISION.seconds | (column.scale << 3) | ((this.#isInstant ? ZONE_STYLE.z : ZONE_STYLE.none) << 7);
  }

  /** The text that is stored: `2017-08-02T02:00:00.000`. */
  stored(times: TimeColumn, row: number): string {
    const text = String(formatTime(times.millis[row], this.#form, times.zone));
    // The session's zone is UTC.
    return this.#isInstant ? text.slice(0, -1) : text;
  }

  /** The text that is read back. */
  kept(times: TimeColumn, row: number): string {
    return this.read(this.stored(times, row));
  }

  /** A text of the server's. */
  read(stored: string): string {
    const text = stored.replace(' ', 'T').replace(/(\.\d*?)0+$/, '$1');
    return `${text.endsWith('.') ? text.slice(0, -1) : text}${this.#isInstant ? 'Z' : ''}`;
  }

  /** Why the column can't hold a time, as a sentence without a full stop. */
  problem(times: TimeColumn, row: number): string | undefined {
    const { name, declared, scale } = this.column;
    const millis = times.millis[row];
    const micros = (Math.floor(millis) % 1000) * 1000 + microsOf(millis);
    const nanos = nanosOf(times.forms?.[row] ?? times.form);
    if (nanos !== 0 || micros % 10 ** (6 - scale) !== 0) {
      return `column ${name} is ${declared}, which keeps ${scale === 0 ? 'no fraction' : `${scale} digits`} of a second`;
    }
    if (this.#isInstant || times.zone.isUtc || times.zone === UTC) return undefined;
    const again = timeColumn(name, [this.kept(times, row)], 'iso', times.zone);
    if (again.millis[0] === millis) return undefined;
    return `column ${name} is ${declared}, and the clock of ${times.zone.name} shows that time twice`;
  }
}
