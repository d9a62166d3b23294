import type { Kernel } from '../../kernel/kernel.js';
import type { KernelDictionary } from '../../kernel/kernel-dictionary.js';
import type { RecordSchema } from '../../records/schema.js';
import type { KeyIds } from '../key-ids.js';

const FIRST_ENTRIES = 1024;

/** A table in the kernel's memory: by entry the key's id. */
interface Table {
  readonly generation: number;
  readonly at: number;
  readonly room: number;
  /** Entries from here on are not in it yet. */
  known: number;
}

/** The keys of dictionaries' entries, for keys of one string, as tables that the kernel reads. */
export class EntryKeys {
  readonly #schema: RecordSchema;
  readonly #keys: KeyIds;
  readonly #tables = new Map<KernelDictionary, Table>();

  constructor(schema: RecordSchema, keys: KeyIds) {
    this.#schema = schema;
    this.#keys = keys;
  }

  /** The address of a dictionary's table, which has all of its entries. */
  table(kernel: Kernel, dictionary: KernelDictionary): number {
    const { size, generation } = dictionary;
    const table = this.#room(kernel, dictionary);
    if (table.known < size) {
      const ids = Int32Array.from({ length: size - table.known }, (_, index) => table.known + index);
      const columns = new Map([[this.#keys.paths[0] ?? '', { kind: 'dictionary' as const, ids, dictionary }]]);
      const keys = this.#keys.assign({ schema: this.#schema, length: ids.length, columns });
      kernel.views.i32.set(keys.subarray(0, ids.length), (table.at >> 2) + table.known);
    }
    this.#tables.set(dictionary, { ...table, generation, known: size });
    return table.at;
  }

  /** Gives the tables back. */
  close(kernel: Kernel): void {
    for (const { at, room } of this.#tables.values()) kernel.release(at, room * 4);
    this.#tables.clear();
  }

  #room(kernel: Kernel, dictionary: KernelDictionary): Table {
    const { size, generation } = dictionary;
    const before = this.#tables.get(dictionary);
    const known = before?.generation === generation ? before.known : 0;
    if (before !== undefined && size <= before.room) return { ...before, generation, known };
    const room = Math.max(FIRST_ENTRIES, 2 ** Math.ceil(Math.log2(size)));
    const at = kernel.allocate(room * 4);
    if (before !== undefined) {
      kernel.views.u8.copyWithin(at, before.at, before.at + known * 4);
      kernel.release(before.at, before.room * 4);
    }
    return { generation, at, room, known };
  }
}
