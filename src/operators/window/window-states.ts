import { bug } from '../../records/errors.js';
import { hashPair } from '../keys/pair-ids.js';
import { RowMemory } from './row-memory.js';

/** Where a state's row has what every state has, in words and in doubles from its begin. */
export const ROW = { last: 0, records: 1, group: 4, span: 5, link: 6, payload: 7 } as const;

const FREE = -1;
const FIRST_SLOTS = 256;
/** Bits of a slot that say which state it is. The others are bits of its hash: most other states are told by them. */
const STATE_BITS = 26;
const STATE_MASK = (1 << STATE_BITS) - 1;
/** One less than there are numbers, so that no slot of a state looks free. */
const MOST_STATES = STATE_MASK;
/** At most this share of the slots is taken. */
const FULL = 0.75;
/** `link` of a state that is not in the list of changed ones, and of the last one there. Others: the next's + 2. */
const UNLISTED = 0;
const LAST_LISTED = 1;

/**
 * States by (group, first window, last window): what the records of a group have added up to that belong to exactly
 * these windows. A state is a row of words: its last window (a double), its number of records (a double), its group,
 * how many windows, a link, and what the aggregates keep. `at` stands for the row's first word everywhere.
 * It takes 4 × stride bytes and 5 to 11 in the table of slots; rows of removed states are used again.
 */
export class WindowStates {
  readonly memory = new RowMemory();
  readonly #stride: number;
  /** State numbers and some bits of their hashes, by hash, probed linearly. */
  #slots = new Int32Array(FIRST_SLOTS).fill(FREE);
  #live = 0;
  #top = 0;
  /** Removed states, chained through their links. */
  #free = FREE;
  #firstChanged = LAST_LISTED;
  #changed = 0;

  readonly #listsChanged: boolean;

  /**
   * @param stride words a state; even, so that doubles are aligned
   * @param listsChanged whether takeChanged() will ever be asked
   */
  constructor(stride: number, listsChanged: boolean) {
    this.#stride = stride;
    this.#listsChanged = listsChanged;
  }

  get size(): number {
    return this.#live;
  }

  /** The row of a state; −1 where there is none. */
  find(group: number, first: number, last: number): number {
    const { words, doubles } = this.memory;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const span = last - first + 1;
    const hash = hashOf(group, last);
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = slots[place];
      if (slot === FREE) return -1;
      if ((slot ^ hash) >>> STATE_BITS !== 0) continue;
      const at = (slot & STATE_MASK) * this.#stride;
      if (words[at + ROW.group] === group && doubles[at >> 1] === last && words[at + ROW.span] === span) return at;
    }
  }

  /**
   * Finds the states of some records, adds those that are not there, and counts each record in its own.
   * @param firsts a record without windows has a first one behind its last: it gets −1
   * @param rows gets the rows
   * @param needRoom is called before a state is added
   */
  count(
    groups: Int32Array,
    firsts: Float64Array,
    lasts: Float64Array,
    count: number,
    rows: Int32Array,
    needRoom: () => void,
  ): void {
    // In several short loops rather than one long: the processor then waits for several rows' memory at once.
    for (let at = 0; at < count; at++)
      rows[at] = firsts[at] > lasts[at] ? -1 : this.find(groups[at], firsts[at], lasts[at]);
    for (let at = 0; at < count; at++) {
      if (rows[at] >= 0 || firsts[at] > lasts[at]) continue;
      rows[at] = this.find(groups[at], firsts[at], lasts[at]);
      if (rows[at] >= 0) continue;
      needRoom();
      rows[at] = this.add(groups[at], firsts[at], lasts[at]);
    }
    const { doubles } = this.memory;
    for (let at = 0; at < count; at++) if (rows[at] >= 0) doubles[(rows[at] >> 1) + ROW.records]++;
    if (this.#listsChanged) for (let at = 0; at < count; at++) if (rows[at] >= 0) this.markChanged(rows[at]);
  }

  /** Adds a state that is not there yet, and gives its row: without records, its payload zero. */
  add(group: number, first: number, last: number): number {
    if (this.#live >= this.#slots.length * FULL) this.#grow();
    let state = this.#free;
    const stride = this.#stride;
    if (state === FREE) {
      if (this.#top === MOST_STATES) bug(`more than ${MOST_STATES} states`);
      state = this.#top++;
      this.memory.need(this.#top * stride);
    } else {
      this.#free = this.memory.words[state * stride + ROW.link];
    }
    const at = state * stride;
    const { words, doubles } = this.memory;
    words.fill(0, at, at + stride);
    words[at + ROW.group] = group;
    words[at + ROW.span] = last - first + 1;
    doubles[at >> 1] = last;
    this.#place(state);
    this.#live++;
    return at;
  }

  /** Removes a state, which is not in the list of changed ones. */
  remove(at: number): void {
    const { words } = this.memory;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const state = at / this.#stride;
    let hole = this.#home(at) & mask;
    while ((slots[hole] & STATE_MASK) !== state) hole = (hole + 1) & mask;
    // Backward-shift deletion (Knuth, The Art of Computer Programming 3, 6.4, algorithm R): no tombstones to pile up.
    for (let next = (hole + 1) & mask; slots[next] !== FREE; next = (next + 1) & mask) {
      const home = this.#home((slots[next] & STATE_MASK) * this.#stride) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[hole] = slots[next];
      hole = next;
    }
    slots[hole] = FREE;
    words[at + ROW.group] = FREE;
    words[at + ROW.link] = this.#free;
    this.#free = state;
    this.#live--;
  }

  /** Puts a state on the list of changed ones, if it is not there yet. */
  markChanged(at: number): void {
    const { words } = this.memory;
    if (!this.#listsChanged || words[at + ROW.link] !== UNLISTED) return;
    words[at + ROW.link] = this.#firstChanged;
    this.#firstChanged = at / this.#stride + 2;
    this.#changed++;
  }

  /** The rows of the changed states, of which the list is then empty. */
  takeChanged(): Int32Array {
    const { words } = this.memory;
    const rows = new Int32Array(this.#changed);
    let link = this.#firstChanged;
    for (let at = 0; at < rows.length; at++) {
      const row = (link - 2) * this.#stride;
      rows[at] = row;
      link = words[row + ROW.link];
      words[row + ROW.link] = UNLISTED;
    }
    this.#firstChanged = LAST_LISTED;
    this.#changed = 0;
    return rows;
  }

  /** The rows of all states, or of those whose last window is `upTo` or before. */
  rows(upTo = Number.POSITIVE_INFINITY): Int32Array {
    const found = new Int32Array(this.countUpTo(upTo));
    let count = 0;
    const { words, doubles } = this.memory;
    const end = this.#top * this.#stride;
    for (let at = 0; at < end; at += this.#stride) {
      if (words[at + ROW.group] !== FREE && doubles[at >> 1] <= upTo) found[count++] = at;
    }
    return found;
  }

  /** How many states have a last window that is `upTo` or before. */
  countUpTo(upTo: number): number {
    if (upTo === Number.POSITIVE_INFINITY) return this.#live;
    let count = 0;
    const { words, doubles } = this.memory;
    const end = this.#top * this.#stride;
    for (let at = 0; at < end; at += this.#stride) {
      if (words[at + ROW.group] !== FREE && doubles[at >> 1] <= upTo) count++;
    }
    return count;
  }

  /** Appends to `out` the rows of all states of a group with this last window. */
  collect(group: number, last: number, out: number[]): void {
    const { words, doubles } = this.memory;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let place = hashOf(group, last) & mask; slots[place] !== FREE; place = (place + 1) & mask) {
      const at = (slots[place] & STATE_MASK) * this.#stride;
      if (words[at + ROW.group] === group && doubles[at >> 1] === last) out.push(at);
    }
  }

  /** Gives every state's group its new number. */
  renumberGroups(groups: Int32Array): void {
    const { words } = this.memory;
    for (const at of this.rows()) words[at + ROW.group] = groups[words[at + ROW.group]];
    this.#rehash(this.#slots.length);
  }

  #home(at: number): number {
    return hashOf(this.memory.words[at + ROW.group], this.memory.doubles[at >> 1]);
  }

  #place(state: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = this.#home(state * this.#stride);
    let place = hash & mask;
    while (slots[place] !== FREE) place = (place + 1) & mask;
    slots[place] = (hash & ~STATE_MASK) | state;
  }

  #grow(): void {
    this.#rehash(this.#slots.length * 2);
  }

  #rehash(length: number): void {
    this.#slots = new Int32Array(length).fill(FREE);
    const { words } = this.memory;
    for (let state = 0; state < this.#top; state++) {
      if (words[state * this.#stride + ROW.group] !== FREE) this.#place(state);
    }
  }
}

/** States of one group and last window are neighbours, so that collect() finds them all. */
function hashOf(group: number, last: number): number {
  return hashPair(group, last | 0);
}
