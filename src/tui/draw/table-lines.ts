import type { Order } from '../state/row-order.js';
import type { Tab, ViewState } from '../state/view-state.js';
import type { Palette } from './palette.js';
import { type TableColumn, tableColumns } from './table-columns.js';
import { fitted, widthOf } from './text-width.js';

const GAP = '  ';
/** Before each row: whether it is the one of the chart. */
const GUTTER = 2;
const NARROWEST = 6;

export interface Space {
  readonly width: number;
  readonly height: number;
}

/** A table's heading and as many of its rows as there is room for, around the cursor. */
export function tableLines(view: ViewState, { width, height }: Space, now: number, palette: Palette): string[] {
  const { tab } = view;
  const { table } = tab;
  if (table === undefined) return [];
  const slots = tab.slots();
  const page = Math.max(1, height - 1);
  view.page = page;
  const cursor = tab.cursorAt(slots);
  tab.top = Math.max(Math.min(tab.top, cursor, slots.length - page), cursor - page + 1, 0);
  const shown = slots.slice(tab.top, tab.top + page);
  const columns = placed(tab, tableColumns(table, shown, width), width - GUTTER);
  const picked = tab.picked === undefined ? undefined : table.slotOf(tab.picked);
  const lines = shown.map((slot, at) => {
    const mark = slot === picked ? '● ' : '  ';
    if (tab.top + at === cursor) {
      const text = columns.map(({ column, width: wide }) => fitted(column.texts[at] ?? '', wide, column.align));
      return palette.paint(fitted(mark + text.join(GAP), width), 'inverse');
    }
    const cells = columns.map(({ column, width: wide }) =>
      palette.paint(fitted(column.texts[at] ?? '', wide, column.align), ...column.styles(slot, now)),
    );
    return palette.paint(mark, 'cyan') + cells.join(GAP);
  });
  const heading = columns.map(({ column, width: wide }) =>
    palette.paint(fitted(headed(column, tab.sort), wide, column.align), ...headingStyles(column, tab)),
  );
  return [' '.repeat(GUTTER) + heading.join(GAP), ...lines];
}

interface Placed {
  readonly column: TableColumn;
  readonly width: number;
}

/**
 * The columns that fit, with their widths: those that stay, and of the others as many as there is room for, the
 * cursor's among them. A column grows with what it shows, and does not shrink again while there is room.
 */
function placed(tab: Tab, columns: readonly TableColumn[], width: number): Placed[] {
  const natural = columns.map((column): Placed => {
    const texts = column.texts.reduce((most, text) => Math.max(most, widthOf(text)), widthOf(headed(column, tab.sort)));
    const known = tab.widths.get(column.title) ?? 0;
    const wide = Math.min(Math.max(texts, known), column.widest);
    tab.widths.set(column.title, wide);
    return { column, width: wide };
  });
  const stay = within(
    natural.filter(({ column }) => column.pinned),
    width,
  );
  const rest = natural.filter(({ column }) => !column.pinned);
  const wanted = rest.findIndex(({ column }) => column.place !== undefined && column.place === tab.column);
  for (let from = 0; ; from++) {
    const fit = fitting(rest.slice(from), width - lengthOf(stay));
    if (wanted < 0 || wanted < from + fit.length || from >= wanted) return [...stay, ...fit];
  }
}

function fitting(columns: readonly Placed[], width: number): Placed[] {
  const fit: Placed[] = [];
  let left = width;
  for (const one of columns) {
    left -= GAP.length + one.width;
    if (left < 0) break;
    fit.push(one);
  }
  return fit;
}

/** Columns made narrower, the widest first, and then left away from the end, until they have room. */
function within(columns: readonly Placed[], width: number): Placed[] {
  const fit = [...columns];
  while (lengthOf(fit) > width) {
    const widest = fit.reduce((most, one, at) => (one.width > (fit[most]?.width ?? 0) ? at : most), 0);
    const one = fit[widest];
    if (one === undefined) break;
    if (one.width > NARROWEST && one.column.align === 'left') fit[widest] = { ...one, width: one.width - 1 };
    else if (fit.length > 1) fit.pop();
    else break;
  }
  return fit;
}

function lengthOf(columns: readonly Placed[]): number {
  return columns.reduce((sum, one) => sum + one.width + GAP.length, -GAP.length);
}

function headed(column: TableColumn, sort: Order | undefined): string {
  if (sort === undefined || !isSortedBy(column, sort)) return column.title;
  return `${column.title}${sort.descending ? '▼' : '▲'}`;
}

function isSortedBy({ place, title }: TableColumn, { by }: Order): boolean {
  return typeof by === 'object' ? by.place === place : by === 'delta' && title === '± last';
}

function headingStyles({ place }: TableColumn, tab: Tab): readonly ('bold' | 'underline' | 'cyan')[] {
  return place !== undefined && place === tab.column ? ['bold', 'underline', 'cyan'] : ['bold'];
}
