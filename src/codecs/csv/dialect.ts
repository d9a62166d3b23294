/** How cells are told apart. */
export interface Dialect {
  readonly format: 'csv' | 'tsv';
  /** The byte between cells. */
  readonly separator: number;
  /**
   * CSV (RFC 4180) puts a cell in quotes and doubles those within. TSV (IANA text/tab-separated-values) has no quotes;
   * \t, \n, \r and \\ stand for what a cell can't hold, and any other backslash for itself, as Miller has it; \0 for
   * NUL, as MySQL's client prints it.
   */
  readonly mark: number;
}

export const NUL = 0;
export const QUOTE = 34;
export const BACKSLASH = 92;
export const TAB = 9;
export const LINE_FEED = 10;
export const CARRIAGE_RETURN = 13;
export const COMMA = 44;

export const CSV: Dialect = { format: 'csv', separator: COMMA, mark: QUOTE };
export const TSV: Dialect = { format: 'tsv', separator: TAB, mark: BACKSLASH };
