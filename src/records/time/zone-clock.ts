import { DAY_MS } from './civil-date.js';
import { BLOCK_BITS, BLOCKS, CELL_OF_DAY_0, dayCells, FIRST_BLOCK, LAST_BLOCK } from './day-cells.js';
import { ZoneBlock } from './zone-block.js';

/** What a cell has more than its day's offset, so that a known one is greater than 0. */
export const STEADY = 1 << 30;

/**
 * The clock of a zone: knows when its offset changes. Intl is asked once for each 1024 days that are used (about a
 * millisecond). From then on a look-up is one load from a table by day, and a binary search of few steps on the days
 * of a change. Times outside of the years 0 to 9999 take the offsets of the nearest block.
 */
export class ZoneClock {
  /** By day of UTC: STEADY + the offset that holds all day while the clock repeats nothing; else 0. */
  readonly byInstant = dayCells();
  /** By day of the clock: STEADY + the offset that takes each of its times to the instant; else 0. */
  readonly byWall = dayCells();
  readonly #intl: Intl.DateTimeFormat;
  readonly #blocks: (ZoneBlock | undefined)[] = new Array(BLOCKS).fill(undefined);

  /** @throws RangeError where Intl has no such zone */
  constructor(name: string) {
    this.#intl = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /** What Intl calls the zone: its first name, where it is an alias. */
  get intlName(): string {
    return this.#intl.resolvedOptions().timeZone;
  }

  /** Milliseconds that the clock is ahead of UTC at an instant. */
  offsetAt(instant: number): number {
    const cell = this.byInstant[(Math.floor(instant / DAY_MS) + CELL_OF_DAY_0) | 0];
    return cell > 0 ? cell - STEADY : this.#block(instant).offsetAt(instant);
  }

  /** The instant of a time of the clock: in a gap moved forward by the gap's length, in an overlap the earlier. */
  toInstant(wall: number): number {
    const cell = this.byWall[(Math.floor(wall / DAY_MS) + CELL_OF_DAY_0) | 0];
    return cell > 0 && Number.isInteger(wall) ? wall - (cell - STEADY) : this.#block(wall).toInstant(wall);
  }

  /** True for a time that the clock never shows. */
  isInGap(wall: number): boolean {
    return this.#block(wall).isInGap(wall);
  }

  /** The time in a gap that toInstant() moves to an instant (whole milliseconds); undefined where there is none. */
  gapTime(instant: number): number | undefined {
    return this.#block(instant).gapTime(instant);
  }

  /** The first instant at which the clock shows `wall` or a later time. */
  firstInstant(wall: number): number {
    return this.#block(wall).firstInstant(wall);
  }

  /** The latest time that the clock has shown until an instant (ZoneBlock.latestWall). */
  latestWall(instant: number): number {
    return this.#block(instant).latestWall(instant);
  }

  #block(millis: number): ZoneBlock {
    const number = Math.floor(millis / DAY_MS) >> BLOCK_BITS;
    const at = Math.min(Math.max(number, FIRST_BLOCK), LAST_BLOCK) - FIRST_BLOCK;
    return this.#blocks[at] ?? this.#makeBlock(at);
  }

  #makeBlock(at: number): ZoneBlock {
    const block = new ZoneBlock(at + FIRST_BLOCK, (instant) => this.#askOffset(instant));
    this.#blocks[at] = block;
    block.steadyDays(
      (first, end, offset) => this.byInstant.fill(STEADY + offset, first + CELL_OF_DAY_0, end + CELL_OF_DAY_0),
      (first, end, offset) => this.byWall.fill(STEADY + offset, first + CELL_OF_DAY_0, end + CELL_OF_DAY_0),
    );
    return block;
  }

  /** Intl writes `GMT`, `GMT+05:45` or `GMT-04:56:02` behind the date. */
  #askOffset(instant: number): number {
    const text = this.#intl.format(instant);
    const at = text.indexOf('GMT') + 3;
    if (at === text.length) return 0;
    const seconds = Number(text.slice(at + 7)) || 0;
    const size = (Number(text.slice(at + 1, at + 3)) * 60 + Number(text.slice(at + 4, at + 6))) * 60 + seconds;
    return (text[at] === '+' ? size : -size) * 1000;
  }
}
