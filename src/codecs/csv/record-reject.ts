import type { Reject } from '../../records/batch.js';
import type { Dialect } from './dialect.js';
import type { FileColumn } from './header.js';
import { cellProblem, readCell } from './read-cell.js';
import { type Cell, splitRecord, splitSpaced } from './split-record.js';

/** How the records of a file are read: what their rejects need to say why. */
export interface RecordLayout {
  readonly dialect: Dialect;
  readonly columns: readonly FileColumn[];
  /** Whether any white space divides cells where the separator does not. */
  readonly spaced: boolean;
  readonly source: string;
  /** The line that the columns' order came of no header for; undefined where there was one. */
  readonly firstLine?: number;
  readonly schemaName: string;
}

/** A record that the kernel refused. Why is worked out when it is asked for: all are counted, the first few are shown. */
export class RecordReject implements Reject {
  readonly unit = 'line';

  constructor(
    readonly layout: RecordLayout,
    readonly ordinal: number,
    readonly raw: Uint8Array,
  ) {}

  get source(): string {
    return this.layout.source;
  }

  get reason(): string {
    const { firstLine, schemaName } = this.layout;
    const problem = this.#problem();
    if (this.ordinal !== firstLine) return problem;
    return `${problem} (it is taken for a record, since none of its cells names a field of ${schemaName})`;
  }

  #problem(): string {
    const { columns, dialect, spaced } = this.layout;
    const line = Buffer.from(this.raw.buffer, this.raw.byteOffset, this.raw.length);
    const split = splitRecord(line, dialect);
    if (split.problem !== undefined) return split.problem;
    const cells = spaced && split.cells.length !== columns.length ? splitSpaced(line) : split.cells;
    for (const [at, cell] of cells.entries()) {
      const problem = cellProblem(cell);
      if (problem !== undefined) return `cell ${at + 1} ${problem}`;
    }
    if (cells.length !== columns.length) {
      const wanted = columns.map((column) => column?.path ?? '-').join(', ');
      return `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} where there are ${columns.length} columns: ${wanted}`;
    }
    return cellsProblem(columns, cells) ?? 'not a record that freshet can read';
  }
}

function cellsProblem(columns: readonly FileColumn[], cells: readonly Cell[]): string | undefined {
  const present = new Set<string>();
  const holes: { path: string; parent: string }[] = [];
  for (const [at, column] of columns.entries()) {
    const cell = cells[at];
    if (column === undefined || cell === undefined) continue;
    const fit = readCell(column, cell);
    if (fit.problem !== undefined) return fit.problem;
    const parent = column.nullableParents.at(-1);
    if (cell.bytes.length > 0) for (const one of column.nullableParents) present.add(one);
    else if (parent !== undefined) holes.push({ path: column.path, parent });
  }
  const hole = holes.find(({ parent }) => present.has(parent));
  return hole === undefined ? undefined : `field ${hole.path} is empty, but other fields of ${hole.parent} are not`;
}
