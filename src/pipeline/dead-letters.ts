import { DataError } from '../records/errors.js';
import type { Row } from '../records/value.js';
import { type DeadLetter, type DeadLetterSink, deadLetterRecord } from './dead-letter-record.js';

export interface DeadLetterOptions {
  /** Where they are kept; absent: they are only counted and the first few are shown. */
  readonly sink?: DeadLetterSink;
  /** More than this and the run fails; Infinity: never. */
  readonly max: number;
  /** The first one fails the run. */
  readonly strict: boolean;
  /** Whether they are kept for flush(): a transaction that they were written in would be open until then. */
  readonly isHeld?: boolean;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}

const SHOWN = 3;
/** So many are held at most. */
const MOST_HELD = 1000;

/** Counts, shows and keeps what did not fit. */
export class DeadLetters {
  readonly #options: DeadLetterOptions;
  #count = 0;
  #late = 0;
  #letters: Row[] = [];
  #first: DeadLetter | undefined;
  #last: DeadLetter | undefined;

  constructor(options: DeadLetterOptions) {
    this.#options = options;
  }

  /** Records that did not fit the schema or could not be computed with. */
  get count(): number {
    return this.#count;
  }

  /** Records that came after their window was closed. */
  get late(): number {
    return this.#late;
  }

  get keeps(): boolean {
    return this.#options.sink !== undefined;
  }

  /** True once --strict or --max-dead says to stop. */
  get exceeded(): boolean {
    return this.#options.strict ? this.#count > 0 : this.#count > this.#options.max;
  }

  /** The one that was one too many; undefined while none was. */
  get last(): DeadLetter | undefined {
    return this.#last;
  }

  add(letter: DeadLetter, late = false): void {
    if (late) {
      this.#late++;
    } else {
      this.#count++;
      this.#first ??= letter;
    }
    if (!late && this.exceeded) this.#last ??= letter;
    if (!late && this.#count <= SHOWN && !this.#options.strict) {
      this.#options.show(`${place(letter)}: ${letter.reason}`);
    }
    if (this.keeps) this.#letters.push(deadLetterRecord(letter));
  }

  /** Writes what was added since the last call, unless it is held. */
  async write(): Promise<void> {
    if (this.#options.isHeld !== true) await this.#write();
  }

  /** Whether more of them are held than are to be: flush() is due. */
  get isFull(): boolean {
    return this.#options.isHeld === true && this.#letters.length >= MOST_HELD;
  }

  async #write(): Promise<void> {
    if (this.#letters.length === 0) return;
    const letters = this.#letters;
    this.#letters = [];
    await this.#options.sink?.write(letters);
  }

  /** Forgets what was added and not written. */
  forget(): void {
    this.#letters = [];
  }

  /** A sentence about all of them; undefined where there were none, or each was shown. */
  get closing(): string | undefined {
    if (this.#late === 0 && this.#count <= SHOWN) return undefined;
    const parts = [
      ...(this.#count > 0 ? [counted(this.#count, 'dead letter')] : []),
      ...(this.#late > 0 ? [counted(this.#late, 'late record')] : []),
    ];
    return `${parts.join(' and ')} in all${this.keeps ? '' : ' (--dead FILE keeps them)'}`;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#options.sink?.close();
  }

  /** Resolves when all that was added is safe. */
  async flush(): Promise<void> {
    await this.#write();
    await this.#options.sink?.flush();
  }

  /** The error that ends the run when `exceeded`. */
  error(letter: DeadLetter | undefined = this.#first): DataError {
    if (this.#options.strict && letter !== undefined) {
      return new DataError(
        `${place(letter)}: ${letter.reason}`,
        'Without --strict such records are put aside and counted; --dead FILE keeps them.',
      );
    }
    return new DataError(
      `${this.#count} dead letters are more than --max-dead ${this.#options.max}`,
      'Look at them with --dead FILE, or allow more.',
    );
  }
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}

function place({ source, unit, ordinal }: DeadLetter): string {
  if (unit === undefined || ordinal === undefined) return source;
  return unit === 'line' || unit === 'offset' ? `${source}:${ordinal}` : `${source}, ${unit} ${ordinal}`;
}
