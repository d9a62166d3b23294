/** What went from the front of a list leaves room there, up to so much and up to half of the list. */
const LEAST_ROOM = 64;

/** The rows of one key over its periods, in their order: lists of slots by a series' name. */
export class Series {
  readonly #lists = new Map<string, SlotList>();
  /** By slot: the list that it is in. */
  readonly #of: (SlotList | undefined)[] = [];

  /** @param order compares two slots by their period */
  constructor(readonly order: (left: number, right: number) => number) {}

  add(slot: number, name: string): void {
    let list = this.#lists.get(name);
    if (list === undefined) {
      list = new SlotList();
      this.#lists.set(name, list);
    }
    list.insert(list.placeOf(slot, this.order), slot);
    this.#of[slot] = list;
  }

  remove(slot: number, name: string): void {
    const list = this.#of[slot];
    if (list === undefined) return;
    list.remove(slot, this.order);
    this.#of[slot] = undefined;
    if (list.length === 0) this.#lists.delete(name);
  }

  /** All slots of the series that a slot is in, from the first period to the last. */
  slots(slot: number): number[] {
    return this.#of[slot]?.slice() ?? [];
  }

  /** The slot of the period before; undefined where there is none. */
  before(slot: number): number | undefined {
    const list = this.#of[slot];
    return list?.at(list.placeOf(slot, this.order) - 1);
  }

  /** The slots of as many periods up to this one. */
  upTo(slot: number, most: number): number[] {
    const list = this.#of[slot];
    if (list === undefined) return [];
    const end = list.placeOf(slot, this.order) + 1;
    return list.slice(Math.max(0, end - most), end);
  }

  copy(order: (left: number, right: number) => number): Series {
    const copy = new Series(order);
    const copies = new Map<SlotList, SlotList>();
    for (const [name, list] of this.#lists) {
      const own = new SlotList(list.slice());
      copies.set(list, own);
      copy.#lists.set(name, own);
    }
    this.#of.forEach((list, slot) => {
      if (list !== undefined) copy.#of[slot] = copies.get(list);
    });
    return copy;
  }
}

/** Slots in an order, of which mostly the first goes and a last one comes: neither moves the others. */
class SlotList {
  #slots: number[];
  /** Where the first one is. */
  #start = 0;

  constructor(slots: number[] = []) {
    this.#slots = slots;
  }

  get length(): number {
    return this.#slots.length - this.#start;
  }

  at(place: number): number | undefined {
    return place < 0 ? undefined : this.#slots[this.#start + place];
  }

  slice(from = 0, end = this.length): number[] {
    return this.#slots.slice(this.#start + from, this.#start + end);
  }

  insert(place: number, slot: number): void {
    if (place === this.length) this.#slots.push(slot);
    else this.#slots.splice(this.#start + place, 0, slot);
  }

  remove(slot: number, order: Series['order']): void {
    const at = this.#slots[this.#start] === slot ? this.#start : this.#find(slot, order);
    if (at !== this.#start) {
      this.#slots.splice(at, 1);
      return;
    }
    this.#start++;
    if (this.#start < LEAST_ROOM || this.#start < this.length) return;
    this.#slots = this.#slots.slice(this.#start);
    this.#start = 0;
  }

  /** Where a slot is, or would be. Most come behind the last. */
  placeOf(slot: number, order: Series['order']): number {
    const slots = this.#slots;
    let [low, high] = [this.#start, slots.length];
    if (high > low && order(slots[high - 1], slot) < 0) return high - this.#start;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(slots[middle], slot) < 0) low = middle + 1;
      else high = middle;
    }
    return low - this.#start;
  }

  #find(slot: number, order: Series['order']): number {
    const place = this.#start + this.placeOf(slot, order);
    // Periods that are no number have no order.
    return this.#slots[place] === slot ? place : this.#slots.indexOf(slot, this.#start);
  }
}
