import type { Column } from '../records/columns.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import type { Kernel } from './kernel.js';
import type { KernelDictionary } from './kernel-dictionary.js';
import { OUT } from './node-layout.js';
import { NodeTree } from './node-tree.js';
import type { OutputColumn } from './output-column.js';

export interface ProgramOptions {
  readonly schema: RecordSchema;
  readonly paths: readonly string[];
  readonly zone: Zone;
  /** How many rows a batch has at most. */
  readonly rows: number;
}

/**
 * A record schema and a projection, laid out in the kernel's memory as the tree of nodes that its scanners follow,
 * with the columns that they fill.
 */
export class SchemaProgram {
  /** The root node's address. */
  readonly root: number;
  readonly #outputs: readonly OutputColumn[];
  readonly #symbols: readonly KernelDictionary[];
  readonly #kernel: Kernel;
  readonly #checks: readonly number[];
  #rows: number;

  constructor(kernel: Kernel, options: ProgramOptions) {
    const { schema, paths } = options;
    for (const path of paths) {
      if (fieldAt(schema, path) === undefined) throw new Error(`no field ${path} in schema ${schema.name}`);
    }
    const { root, outputs, symbols, checks } = new NodeTree(kernel, options);
    this.#kernel = kernel;
    this.root = root;
    this.#outputs = outputs;
    this.#symbols = symbols;
    this.#checks = checks;
    this.#rows = options.rows;
    for (const output of outputs) output.allocate(this.#rows);
  }

  /** Whether a column holds slices of the input. */
  get hasSlices(): boolean {
    return this.#outputs.some(({ kind }) => kind === OUT.slice);
  }

  get rows(): number {
    return this.#rows;
  }

  /** The dictionary of a column of strings. */
  dictionary(path: string): KernelDictionary | undefined {
    return this.#outputs.find((output) => output.path === path)?.dictionary;
  }

  /** Prepares a scan into rows from 0. */
  begin(): void {
    for (const output of this.#outputs) output.begin();
    this.makeRoom();
  }

  /** Makes room in the dictionaries, so that a scan that has stopped because one was full can go on. */
  makeRoom(): void {
    for (const { dictionary } of this.#outputs) dictionary?.makeRoom();
  }

  /** Forgets the dictionaries' entries: for batches that stand alone. */
  clearDictionaries(): void {
    for (const output of this.#outputs) output.clear();
  }

  /** Gives back the columns, dictionaries and checks. */
  close(): void {
    for (const output of this.#outputs) {
      output.release(this.#rows);
      output.dictionary?.close();
    }
    for (const dictionary of this.#symbols) dictionary.close();
    for (const check of this.#checks) this.#kernel.slowFits.drop(check);
  }

  /** Makes room for this many rows a batch. */
  growRows(rows: number): void {
    for (const output of this.#outputs) {
      output.release(this.#rows);
      output.allocate(rows);
    }
    this.#rows = rows;
  }

  /** The columns that the scan since begin() has filled, borrowed until the next. */
  columns(length: number): Map<string, Column> {
    return new Map(this.#outputs.map((output) => [output.path, output.column(this.#rows, length)]));
  }
}
