import type { Kernel } from '../../kernel/kernel.js';
import { FIELD_NODE, FIELD_WORDS, NODE, NODE_BYTES } from '../../kernel/node-layout.js';
import { SchemaProgram } from '../../kernel/schema-program.js';
import type { Batch } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { fieldAt, type RecordSchema } from '../../records/schema.js';
import type { DecodeContext } from '../codec.js';
import { cellKind, emptyCell } from './cell-kind.js';
import type { FieldPlace } from './field-place.js';
import { type FileColumn, missingFields } from './header.js';
import { nestedColumn } from './nested-column.js';

// The numbers of kernel/assembly/csv-cell.ts.
const KIND = { text: 1, time: 2, integer: 3, number: 4, bool: 5, enum: 6, json: 7 } as const;
const KIND_GROUPED = 16;
const EMPTY = { refused: 0, null: 1, default: 2, text: 3, hole: 4 } as const;
const COLUMN_WORDS = 4;
const GROUP_WORDS = 3;

const SPACED_KINDS: readonly string[] = ['time', 'integer', 'number', 'bool', 'enum'];

/** Blocks of the kernel's memory that say how a file's columns are read (struct CsvScan of kernel/assembly/csv.ts). */
export interface ColumnTable {
  readonly program: SchemaProgram;
  readonly columns: { readonly at: number; readonly count: number };
  readonly missing: { readonly at: number; readonly count: number };
  readonly groups: { readonly at: number; readonly count: number };
  /** Whether white space can separate cells: no column is one of texts, which may hold white space. */
  readonly allowsSpaces: boolean;
  /** Whether a column holds JSON. */
  readonly hasJson: boolean;
  /** The projected columns of what was read, borrowed until the next scan. */
  read(length: number): Batch['columns'];
  release(): void;
}

/** Makes the tables of a decoder's files; files with the same columns share the columns' dictionaries. */
export class ColumnTables {
  readonly #kernel: Kernel;
  readonly #context: DecodeContext;
  readonly #rows: number;
  /** What a column that the schema does not know is read for: any text, kept nowhere. */
  readonly #anyText: number;
  readonly #programs = new Map<string, SchemaProgram>();

  constructor(kernel: Kernel, context: DecodeContext, rows: number) {
    this.#kernel = kernel;
    this.#context = context;
    this.#rows = rows;
    this.#anyText = kernel.allocate(NODE_BYTES);
    kernel.views.u8.fill(0, this.#anyText, this.#anyText + NODE_BYTES);
  }

  of(fileColumns: readonly FileColumn[]): ColumnTable {
    const { schema, projection } = this.#context;
    const known = fileColumns.flatMap((column) => column ?? []);
    const partsOf = (path: string): string[] =>
      known.flatMap((column) => (column.path.startsWith(`${path}.`) ? [column.path] : []));
    const nested = projection.paths.filter((path) => partsOf(path).length > 0);
    const paths = new Set(projection.paths.flatMap((path) => (nested.includes(path) ? partsOf(path) : [path])));
    const program = this.#program([...paths]);
    const groups = this.#groups(known);
    const columns = this.#block(fileColumns.length * COLUMN_WORDS, (word) => {
      for (const [at, column] of fileColumns.entries()) {
        this.#setColumn(word + at * COLUMN_WORDS, column, program.root, groups);
      }
    });
    const missing = missingFields(schema, known).filter(({ path }) =>
      [...paths].some((one) => one === path || one.startsWith(`${path}.`)),
    );
    const nodes = missing.map(({ path }) => this.#nodeOf(program.root, path));
    const missingBlock = this.#block(nodes.length, (word) => {
      this.#kernel.views.u32.set(nodes, word);
    });
    const kinds = fileColumns.map((column) => (column === undefined ? undefined : cellKind(column)));
    return {
      program,
      columns: { at: columns.at, count: fileColumns.length },
      missing: { at: missingBlock.at, count: nodes.length },
      groups: { at: groups.at, count: groups.ids.size },
      allowsSpaces: kinds.length > 1 && kinds.every((kind) => kind !== undefined && SPACED_KINDS.includes(kind)),
      hasJson: kinds.includes('json'),
      read: (length) => this.#read(program.columns(length), nested, length),
      release: () => {
        for (const { at, bytes } of [columns, missingBlock, groups]) this.#kernel.release(at, bytes);
      },
    };
  }

  #program(paths: readonly string[]): SchemaProgram {
    const key = JSON.stringify(paths);
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const { schema, zone } = this.#context;
    const program = new SchemaProgram(this.#kernel, { schema, paths, zone, rows: this.#rows });
    this.#programs.set(key, program);
    return program;
  }

  #setColumn(word: number, column: FileColumn, root: number, groups: Groups): void {
    const { u32 } = this.#kernel.views;
    if (column === undefined) {
      u32.set([KIND.text, this.#anyText, EMPTY.text, 0], word);
      return;
    }
    const group = groups.ids.get(column.nullableParents.at(-1) ?? '');
    u32[word] = KIND[cellKind(column)] + (group === undefined ? 0 : KIND_GROUPED);
    u32[word + 1] = this.#nodeOf(root, column.path);
    u32[word + 2] = EMPTY[emptyCell(column)];
    u32[word + 3] = group === undefined ? 0 : addressOf(groups.at, group);
  }

  /** Nullable records whose parts are columns. */
  #groups(known: readonly FieldPlace[]): Groups {
    const parents = new Map<string, string | undefined>();
    for (const { nullableParents } of known) {
      for (const [depth, path] of nullableParents.entries()) parents.set(path, nullableParents[depth - 1]);
    }
    const ids = new Map([...parents.keys()].map((path, id) => [path, id]));
    const block = this.#block(ids.size * GROUP_WORDS, (word) => {
      const { u32 } = this.#kernel.views;
      for (const [path, id] of ids) {
        const parent = ids.get(parents.get(path) ?? '');
        u32[word + id * GROUP_WORDS] = parent === undefined ? 0 : addressOf(word * 4, parent);
      }
    });
    return { ...block, ids };
  }

  #block(words: number, fill: (word: number) => void): { at: number; bytes: number } {
    const bytes = words * 4;
    const at = this.#kernel.allocate(bytes);
    fill(at >> 2);
    return { at, bytes };
  }

  /** The address of the node that a path leads to. */
  #nodeOf(root: number, path: string): number {
    const { u32 } = this.#kernel.views;
    let node = root;
    let fields = this.#context.schema.fields;
    for (let rest = path; ; ) {
      const dot = fields.some(({ name }) => name === rest) ? rest.length : rest.indexOf('.');
      const index = fields.findIndex(({ name }) => name === rest.slice(0, dot));
      const { type } = fields[index] ?? bug(`no field ${path}`);
      const table = u32[(node >> 2) + NODE.fields] as number;
      node = u32[(table >> 2) + index * FIELD_WORDS + FIELD_NODE] as number;
      if (dot === rest.length) return node;
      fields = type.kind === 'record' ? type.fields : [];
      rest = rest.slice(dot + 1);
    }
  }

  #read(columns: ReadonlyMap<string, Column>, nested: readonly string[], length: number): Batch['columns'] {
    if (nested.length === 0) return columns;
    const { schema, projection } = this.#context;
    return new Map(
      projection.paths.map((path): [string, Column] => [
        path,
        columns.get(path) ?? nestedPart(schema, path, columns, length),
      ]),
    );
  }
}

interface Groups {
  readonly at: number;
  readonly bytes: number;
  /** By the record's path. */
  readonly ids: ReadonlyMap<string, number>;
}

function addressOf(groups: number, id: number): number {
  return groups + id * GROUP_WORDS * 4;
}

function nestedPart(schema: RecordSchema, path: string, columns: Batch['columns'], length: number): Column {
  return nestedColumn(path, fieldAt(schema, path) ?? bug(`no field ${path}`), columns, length);
}
