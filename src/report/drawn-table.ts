import Table from 'cli-table3';

export interface TableColumn {
  readonly name: string;
  /** Numbers: to the right, and never broken over lines. */
  readonly isNumber: boolean;
}

export interface Drawing {
  readonly color: boolean;
  /** Characters that a line may have; absent: as many as it takes. */
  readonly width?: number;
}

/** What surrounds a cell's text: a blank on both sides. */
const PADDING = 2;
/** Text is broken over lines down to this width, which a day such as 2017-08-02 fits. */
const NARROWEST_TEXT = 10 + PADDING;
const UNNAMED: readonly TableColumn[] = [
  { name: '', isNumber: false },
  { name: '', isNumber: false },
];

/**
 * Draws a table with lines. One that is wider than a line may be has its texts broken over several lines; where that is
 * not enough, every row becomes a table of its own, a field a line.
 */
export function drawTable(columns: readonly TableColumn[], rows: readonly string[][], drawing: Drawing): string {
  const { width } = drawing;
  if (width === undefined || rows.length === 0) return draw(columns, rows, drawing);
  const natural = naturalWidths(columns, rows);
  if (lineOf(natural) <= width) return draw(columns, rows, drawing);
  const fitted = widthsWithin(columns, natural, width);
  return fitted === undefined ? drawEach(columns, rows, drawing, width) : draw(columns, rows, drawing, fitted);
}

function draw(
  columns: readonly TableColumn[],
  rows: readonly string[][],
  { color }: Drawing,
  colWidths: number[] = [],
): string {
  const table = new Table({
    head: columns.some(({ name }) => name !== '') ? columns.map(({ name }) => name) : [],
    colAligns: columns.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    style: { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true },
    colWidths,
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  table.push(...rows);
  return table.toString();
}

/** How wide each column is with its padding, as the line above the table shows it. */
function naturalWidths(columns: readonly TableColumn[], rows: readonly string[][]): number[] {
  const [top = ''] = draw(columns, rows, { color: false }).split('\n', 1);
  return top
    .slice(1, -1)
    .split('┬')
    .map(({ length }) => length);
}

/** The length of a line of columns with the lines between and around them. */
function lineOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 1, 1);
}

/** Widths for one line, with the widest columns of text made narrower; undefined where that can't be. */
function widthsWithin(
  columns: readonly TableColumn[],
  natural: readonly number[],
  width: number,
): number[] | undefined {
  for (let most = Math.max(...natural) - 1; most >= NARROWEST_TEXT; most--) {
    const widths = natural.map((wide, at) => (columns[at]?.isNumber ? wide : Math.min(wide, most)));
    if (lineOf(widths) <= width) return widths;
  }
  return undefined;
}

/** Each row as a table of its fields' names and values. */
function drawEach(columns: readonly TableColumn[], rows: readonly string[][], drawing: Drawing, width: number): string {
  const tables = rows.map((row) => columns.map(({ name }, at): string[] => [name, row[at] ?? '']));
  const [names = 0, values = 0] = naturalWidths(UNNAMED, tables.flat());
  const widths = [names, Math.max(NARROWEST_TEXT, Math.min(values, width - lineOf([names]) - 1))];
  return tables.map((fields) => draw(UNNAMED, fields, drawing, widths)).join('\n');
}
