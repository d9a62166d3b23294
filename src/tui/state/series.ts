/** The rows of one key over its periods, in their order: lists of slots by a series' name. */
export class Series {
  readonly #lists = new Map<string, number[]>();
  /** By slot: the list that it is in. */
  readonly #of: number[][] = [];

  /** @param order compares two slots by their period */
  constructor(readonly order: (left: number, right: number) => number) {}

  add(slot: number, name: string): void {
    let list = this.#lists.get(name);
    if (list === undefined) {
      list = [];
      this.#lists.set(name, list);
    }
    list.splice(this.#placeIn(list, slot), 0, slot);
    this.#of[slot] = list;
  }

  remove(slot: number, name: string): void {
    const list = this.slots(slot);
    const at = list.indexOf(slot);
    if (at < 0) return;
    list.splice(at, 1);
    delete this.#of[slot];
    if (list.length === 0) this.#lists.delete(name);
  }

  /** All slots of the series that a slot is in, from the first period to the last. */
  slots(slot: number): number[] {
    return this.#of[slot] ?? [];
  }

  /** The slot of the period before; undefined where there is none. */
  before(slot: number): number | undefined {
    const list = this.slots(slot);
    const at = this.#placeIn(list, slot);
    return at > 0 ? list[at - 1] : undefined;
  }

  /** The slots of as many periods up to this one. */
  upTo(slot: number, most: number): number[] {
    const list = this.slots(slot);
    const end = this.#placeIn(list, slot) + 1;
    return list.slice(Math.max(0, end - most), end);
  }

  copy(order: (left: number, right: number) => number): Series {
    const copy = new Series(order);
    const copies = new Map<number[], number[]>();
    for (const [name, list] of this.#lists) {
      const own = [...list];
      copies.set(list, own);
      copy.#lists.set(name, own);
    }
    this.#of.forEach((list, slot) => {
      const own = copies.get(list);
      if (own !== undefined) copy.#of[slot] = own;
    });
    return copy;
  }

  /** Most come behind the last. */
  #placeIn(list: readonly number[], slot: number): number {
    let [low, high] = [0, list.length];
    if (high > 0 && this.order(list[high - 1], slot) < 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order(list[middle], slot) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
