/** Numbers that a window is given together, once it has many. */
const PAGE = 256;
/** A page is an eighth of what its window has at most: numbers that no state takes yet cost room, too. */
const SHARE_BITS = 3;
/** Windows further apart than this are given their numbers one by one. */
const MOST_WINDOWS = 1 << 16;
const FIRST_WINDOWS = 64;

/**
 * Gives states their numbers, from 0. Those of one window get pages of neighbouring ones: what reads a window's states
 * then finds them side by side in the columns, though they came among those of other windows.
 */
export class StateNumbers {
  #top = 0;
  /** The window that the columns below begin with; undefined before the first. */
  #first: number | undefined;
  /** The number that a window's next state gets, and where its page ends. */
  #next = new Int32Array(0);
  #end = new Int32Array(0);
  #counts = new Int32Array(0);

  /** All numbers given out, and those that pages hold back, lie below it. */
  get top(): number {
    return this.#top;
  }

  /** The number of a new state. */
  take(window: number): number {
    const at = this.#first === undefined ? -1 : window - this.#first;
    if (at < 0 || at >= this.#next.length) return this.#cover(window) ? this.take(window) : this.#top++;
    if (this.#next[at] === this.#end[at]) {
      this.#next[at] = this.#top;
      this.#top += Math.max(1, Math.min(PAGE, this.#counts[at] >> SHARE_BITS));
      this.#end[at] = this.#top;
    }
    this.#counts[at]++;
    return this.#next[at]++;
  }

  /** Makes room for a window; false where it is too far away from the others. */
  #cover(window: number): boolean {
    const { length } = this.#next;
    const first = Math.min(this.#first ?? window, window);
    const least = this.#first === undefined ? 1 : Math.max(this.#first + length, window + 1) - first;
    if (least > MOST_WINDOWS) return false;
    const room = Math.min(Math.max(least, length * 2, FIRST_WINDOWS), MOST_WINDOWS);
    // Times go either way: room where it was missing.
    const from =
      this.#first !== undefined && window < this.#first ? Math.min(window, this.#first + length - room) : first;
    const moved = this.#first === undefined ? 0 : this.#first - from;
    const larger = (values: Int32Array) => {
      const column = new Int32Array(room);
      column.set(values, moved);
      return column;
    };
    this.#next = larger(this.#next);
    this.#end = larger(this.#end);
    this.#counts = larger(this.#counts);
    this.#first = from;
    return true;
  }
}
