import type { Aggregates } from './aggregates.js';
import { RowMemory } from './row-memory.js';
import { ROW } from './window-states.js';

/**
 * The states of one group, merged for one window after the other: a queue as two stacks, so that each state is merged
 * a few times altogether and not once for each of its windows (Tangwongsan, Hirzel and Schneider, "Low-latency
 * sliding-window aggregation in worst-case constant time", 2017, section 2). That takes states that leave in the
 * order in which they came. Records that were late for their first windows are in states that come later than that;
 * these few are merged one by one.
 */
export class PaneQueue {
  readonly #aggregates: Aggregates;
  readonly #fewest: number;
  readonly #scratch = new RowMemory();
  #memory = new RowMemory();
  /** In the order in which they come and leave, and the place of the next to come. */
  #panes: number[] = [];
  #next = 0;
  /** Late ones. */
  #others: number[] = [];
  /** The front stack: row i + 1 of the scratch is the merge of front[i] and all that leave after it there. */
  #front: number[] = [];
  /** The back: its states, and their merge in row 0 of the scratch. */
  #back: number[] = [];

  /** @param fewest the least number of windows that a record is in where it is not late */
  constructor(aggregates: Aggregates, fewest: number) {
    this.#aggregates = aggregates;
    this.#fewest = fewest;
  }

  /** @param panes rows of one group's states, ordered by their last windows */
  begin(memory: RowMemory, panes: readonly number[]): void {
    const { words, doubles } = memory;
    this.#memory = memory;
    this.#panes = panes.filter((at) => words[at + ROW.span] >= this.#fewest);
    // Of the states with one last window the one with more windows comes first.
    this.#panes.sort((a, b) => doubles[a >> 1] - doubles[b >> 1] || words[b + ROW.span] - words[a + ROW.span]);
    this.#others = panes.filter((at) => words[at + ROW.span] < this.#fewest);
    this.#next = 0;
    this.#front = [];
    this.#back = [];
    this.#clear(0);
  }

  /**
   * Merges the states of a window, which is later than the one before, into a row.
   * @returns false where it has none
   */
  mergeInto(target: RowMemory, at: number, window: number): boolean {
    const aggregates = this.#aggregates;
    const memory = this.#memory;
    for (; this.#next < this.#panes.length && this.#first(this.#panes[this.#next]) <= window; this.#next++) {
      const pane = this.#panes[this.#next];
      this.#back.push(pane);
      aggregates.merge(this.#scratch, 0, memory, pane);
    }
    this.#leave(window);
    if (this.#front.length > 0) aggregates.merge(target, at, this.#scratch, this.#front.length * aggregates.stride);
    if (this.#back.length > 0) aggregates.merge(target, at, this.#scratch, 0);
    let found = this.#front.length > 0 || this.#back.length > 0;
    for (const other of this.#others) {
      if (this.#first(other) > window || this.#last(other) < window) continue;
      aggregates.merge(target, at, memory, other);
      found = true;
    }
    return found;
  }

  /** Drops the states whose last window is over. */
  #leave(window: number): void {
    for (;;) {
      if (this.#front.length === 0) {
        if (this.#back.length === 0 || this.#last(this.#back[0]) >= window) return;
        this.#turn();
      }
      const pane = this.#front[this.#front.length - 1];
      if (this.#last(pane) >= window) return;
      this.#front.pop();
    }
  }

  /** Turns the back over to be the front: the first to leave is then on top. */
  #turn(): void {
    const aggregates = this.#aggregates;
    for (const pane of this.#back.reverse()) {
      this.#front.push(pane);
      const row = this.#front.length;
      this.#clear(row);
      if (row > 1)
        aggregates.merge(this.#scratch, row * aggregates.stride, this.#scratch, (row - 1) * aggregates.stride);
      aggregates.merge(this.#scratch, row * aggregates.stride, this.#memory, pane);
    }
    this.#back = [];
    this.#clear(0);
  }

  #clear(row: number): void {
    const { stride } = this.#aggregates;
    this.#scratch.need((row + 1) * stride);
    this.#scratch.words.fill(0, row * stride, (row + 1) * stride);
  }

  #last(pane: number): number {
    return this.#memory.doubles[pane >> 1];
  }

  #first(pane: number): number {
    return this.#last(pane) - this.#memory.words[pane + ROW.span] + 1;
  }
}
