import type { Column } from '../../records/columns.js';
import { TextDictionary } from '../../records/dictionary.js';

/** The columns of texts that the rows of every monitor have. */
export class StatusColumns {
  readonly #dictionary = new TextDictionary();
  readonly #monitors: Int32Array;
  readonly #statuses: Int32Array;
  readonly #reasons: Int32Array;
  readonly #noReason: Uint8Array;

  constructor(length: number, monitor: string) {
    this.#monitors = new Int32Array(length).fill(this.#dictionary.intern(monitor));
    this.#statuses = new Int32Array(length);
    this.#reasons = new Int32Array(length);
    this.#noReason = new Uint8Array(length);
  }

  set(row: number, status: string, reason: string | null): void {
    this.#statuses[row] = this.#dictionary.intern(status);
    if (reason === null) this.#noReason[row] = 1;
    else this.#reasons[row] = this.#dictionary.intern(reason);
  }

  columns(): Record<string, Column> {
    const dictionary = this.#dictionary;
    return {
      monitor: { kind: 'dictionary', ids: this.#monitors, dictionary },
      status: { kind: 'dictionary', ids: this.#statuses, dictionary },
      reason: { kind: 'dictionary', ids: this.#reasons, dictionary, nulls: this.#noReason },
    };
  }
}
