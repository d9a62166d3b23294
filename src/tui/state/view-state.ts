import type { LiveSource } from './live-source.js';
import type { LiveTable } from './live-table.js';
import { type Order, RowOrder } from './row-order.js';

/** What is shown of one source. */
export class Tab {
  readonly order = new RowOrder();
  sort: Order | undefined;
  filter = '';
  /** The key of the row that the cursor stands on; absent: on the first, whichever that is. */
  cursor: string | undefined;
  /** The key that the chart is of; absent: that of the cursor's row. */
  picked: string | undefined;
  /** The first row that is shown. */
  top = 0;
  /** The field that the cursor stands on; absent: none was chosen. */
  column: number | undefined;
  /** How wide columns were, so that they don't jump; forgotten when the screen's size changes. */
  readonly widths = new Map<string, number>();
  /** The table as it was when the view was paused. */
  frozen: LiveTable | undefined;

  constructor(readonly source: LiveSource) {}

  get table(): LiveTable | undefined {
    return this.frozen ?? this.source.table;
  }

  /** The slots that are shown, in order. */
  slots(): readonly number[] {
    return this.table === undefined ? [] : this.order.slots(this.table, this.sort, this.filter);
  }

  /** Where the cursor stands among `slots`. */
  cursorAt(slots: readonly number[]): number {
    const slot = this.cursor === undefined ? undefined : this.table?.slotOf(this.cursor);
    return slot === undefined ? 0 : Math.max(0, slots.indexOf(slot));
  }

  /** The row that the chart is of. */
  pickedSlot(slots: readonly number[]): number | undefined {
    const picked = this.picked === undefined ? undefined : this.table?.slotOf(this.picked);
    return picked ?? slots[this.cursorAt(slots)];
  }
}

export type Mode = 'table' | 'filter' | 'help';

/** What a person has chosen to see. It knows no terminal: keys come in by name, and renderers read it. */
export class ViewState {
  readonly tabs: readonly Tab[];
  active = 0;
  mode: Mode = 'table';
  paused = false;
  showChart = true;
  /** Rows that fit on the screen: what a page is. */
  page = 10;
  /** A sentence for the last line. */
  message = '';
  /** How the view was left. */
  left: 'quit' | 'interrupt' | undefined;
  wantsSuspend = false;

  constructor(sources: readonly LiveSource[]) {
    this.tabs = sources.map((source) => new Tab(source));
  }

  get tab(): Tab {
    const tab = this.tabs[this.active];
    if (tab === undefined) throw new Error('a live report has no source');
    return tab;
  }

  switchTo(place: number): void {
    if (place >= 0 && place < this.tabs.length) this.active = place;
  }

  pause(paused: boolean): void {
    this.paused = paused;
    for (const tab of this.tabs) tab.frozen = paused ? tab.source.table?.frozen() : undefined;
  }

  /** Moves the cursor by rows. */
  move(by: number): void {
    const { tab } = this;
    const slots = tab.slots();
    const to = Math.min(Math.max(tab.cursorAt(slots) + by, 0), slots.length - 1);
    const slot = slots[to];
    // At the top it stays at the top, whatever comes.
    tab.cursor = slot === undefined || to === 0 ? undefined : tab.table?.keyOf(slot);
  }

  /** Moves the cursor to another field; a field with a number becomes the measure. */
  moveColumn(by: number): void {
    const { tab } = this;
    if (tab.table === undefined) return;
    const { columns, measures } = tab.table.shape;
    const from = tab.column ?? (by > 0 ? -1 : columns.length);
    const to = Math.min(Math.max(from + by, 0), columns.length - 1);
    tab.column = to;
    if (measures.includes(to)) this.#measure(to);
  }

  nextMeasure(): void {
    const { table } = this.tab;
    if (table === undefined || table.shape.measures.length === 0) return;
    const { measures } = table.shape;
    this.#measure(measures[(measures.indexOf(table.measure ?? -1) + 1) % measures.length] ?? 0);
  }

  /** Sorts by a field, or the other way round where it is sorted by that already. */
  sortBy(by: Order['by']): void {
    const { sort } = this.tab;
    const isSame = sort !== undefined && JSON.stringify(sort.by) === JSON.stringify(by);
    const isNumber = typeof by === 'string' || this.tab.table?.shape.columns[by.place]?.kind === 'number';
    this.tab.sort = { by, descending: isSame ? !sort.descending : isNumber };
  }

  /** Sorts by the field before or behind that which is sorted by now. */
  sortByNext(step: number): void {
    const count = this.tab.table?.shape.columns.length ?? 0;
    if (count === 0) return;
    const by = this.tab.sort?.by;
    const place = typeof by === 'object' ? by.place : step > 0 ? -1 : count;
    this.tab.sort = undefined;
    this.sortBy({ place: (place + step + count) % count });
  }

  pick(): void {
    const { tab } = this;
    const slots = tab.slots();
    const slot = slots[tab.cursorAt(slots)];
    const key = slot === undefined ? undefined : tab.table?.keyOf(slot);
    tab.picked = tab.picked === key ? undefined : key;
    if (tab.picked !== undefined) this.showChart = true;
  }

  #measure(place: number): void {
    const { tab } = this;
    if (tab.source.table !== undefined) tab.source.table.measure = place;
    if (tab.frozen !== undefined) tab.frozen.measure = place;
  }
}
