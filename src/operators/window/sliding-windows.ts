import type { Aggregates } from './aggregates.js';
import { PaneQueue } from './pane-queue.js';
import { RowMemory } from './row-memory.js';
import type { WindowGrid } from './window-grid.js';
import type { GroupWindows } from './window-intervals.js';
import { ROW, type WindowStates } from './window-states.js';

/** Rows that are merged at once, unless one window has more. */
const ROWS_AT_ONCE = 32_768;

/** Rows of some consecutive windows, in no order: each in `memory`, with its window as the last one and its group. */
export interface MergedRows {
  readonly memory: RowMemory;
  readonly rows: Int32Array;
}

/**
 * Merges sliding windows from the states that they share: those whose records are in exactly the same windows. A
 * record so updates one state however many windows it is in, and of records with all possible times there are at most
 * two states a slide (Krishnamurthy, Wu and Franklin, "On-the-fly sharing for streamed aggregation", 2006: paired
 * windows).
 */
export class SlidingWindows {
  readonly #states: WindowStates;
  readonly #aggregates: Aggregates;
  readonly #grid: WindowGrid;
  readonly #merged = new RowMemory();
  readonly #queue: PaneQueue;
  #count = 0;

  constructor(states: WindowStates, aggregates: Aggregates, grid: WindowGrid) {
    this.#states = states;
    this.#aggregates = aggregates;
    this.#grid = grid;
    this.#queue = new PaneQueue(aggregates, grid.fewest);
  }

  /** The rows of these windows, window after window; borrowed until the next is asked for. */
  *rows({ groups, firsts, lasts }: GroupWindows): Generator<MergedRows> {
    // Entries are ordered by their first window: those from `next` on have not begun, `open` ones not ended.
    let next = 0;
    let open: number[] = [];
    let from = firsts[0];
    while (next < groups.length || open.length > 0) {
      if (open.length === 0) from = firsts[next];
      while (next < groups.length && firsts[next] <= from) open.push(next++);
      let to = from + Math.max(1, Math.floor(ROWS_AT_ONCE / open.length)) - 1;
      // Entries that begin on the way are taken along while they are few.
      while (next < groups.length && firsts[next] <= to) {
        open.push(next++);
        to = Math.max(firsts[next - 1], from + Math.floor(ROWS_AT_ONCE / open.length) - 1);
      }
      this.#count = 0;
      for (const entry of open) this.#merge(groups[entry], Math.max(from, firsts[entry]), Math.min(to, lasts[entry]));
      const rows = Int32Array.from({ length: this.#count }, (_, row) => row * this.#aggregates.stride);
      yield { memory: this.#merged, rows };
      open = open.filter((entry) => lasts[entry] > to);
      from = to + 1;
    }
  }

  /** Merges one group's windows. */
  #merge(group: number, from: number, to: number): void {
    const panes: number[] = [];
    for (let last = from; last < to + this.#grid.most; last++) this.#states.collect(group, last, panes);
    const queue = this.#queue;
    queue.begin(this.#states.memory, panes);
    const { stride } = this.#aggregates;
    for (let window = from; window <= to; window++) {
      const at = this.#count * stride;
      this.#merged.need(at + stride);
      const { words, doubles } = this.#merged;
      words.fill(0, at, at + stride);
      if (!queue.mergeInto(this.#merged, at, window)) continue;
      words[at + ROW.group] = group;
      words[at + ROW.span] = 1;
      doubles[at >> 1] = window;
      this.#count++;
    }
  }
}
