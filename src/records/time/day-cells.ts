/*
 * Tables with a cell for each day of the years 0 to 9999, flat so that a look-up is one load without a branch on where
 * the day lies. They take 14 MB of addresses, but memory only where cells were written: a system maps the pages of a
 * zeroed array when they are touched first, and these are a page for each 1024 days.
 */
export const BLOCK_BITS = 10;
export const BLOCK_DAYS = 1 << BLOCK_BITS;

/** The blocks of 1024 days that hold the years 0 to 9999 and days around them. */
export const FIRST_BLOCK = -704;
export const LAST_BLOCK = 2865;
export const BLOCKS = LAST_BLOCK - FIRST_BLOCK + 1;

/** What to add to a day for its cell. A day outside of the table has the cell `undefined`, or that of another day. */
export const CELL_OF_DAY_0 = -FIRST_BLOCK * BLOCK_DAYS;

/** A cell is 0 while it is unknown. */
export function dayCells(): Int32Array {
  return new Int32Array(BLOCKS * BLOCK_DAYS);
}
