import { RefusedRow } from './refused-row.js';
import type { Server } from './session.js';

/** Rows of one statement: enough that the way to the server costs little, few enough that memory is bounded. */
const MOST_ROWS = 2000;
const MOST_UNITS = 1_000_000;
/** What a statement has besides its rows. */
const ROOM = 65_536;
/** A UTF-16 unit is at most so many bytes of UTF-8. */
const BYTES_A_UNIT = 3;

/** The rows of a statement as text. */
export interface Chunk {
  readonly list: string;
}

/**
 * Writes rows out, as many at a time as a statement takes.
 * @throws RefusedRow for one that is longer than the server takes
 */
export function* chunksOf(rows: Int32Array, textOf: (row: number) => string, server: Server): Generator<Chunk> {
  const most = server.maxStatement - ROOM;
  const units = Math.min(MOST_UNITS, Math.floor(most / BYTES_A_UNIT));
  let list = '';
  let count = 0;
  for (const row of rows) {
    const text = textOf(row);
    if (text.length > units && Buffer.byteLength(text) > most) {
      throw new RefusedRow(row, `it is longer than the server's max_allowed_packet of ${server.maxStatement} bytes`);
    }
    if (count === MOST_ROWS || (count > 0 && list.length + text.length > units)) {
      yield { list };
      list = '';
      count = 0;
    }
    list += list === '' ? text : `,${text}`;
    count++;
  }
  if (count > 0) yield { list };
}
