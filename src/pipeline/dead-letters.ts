import type { ByteSink } from '../endpoints/endpoint.js';
import { DataError } from '../records/errors.js';

/** A record that did not make it, as `--dead` writes it. */
export interface DeadLetter {
  /** A sentence without a full stop. */
  readonly reason: string;
  readonly source: string;
  /** Where it stands in the source; absent of a row that a sink has refused. */
  readonly unit?: 'line' | 'record' | 'offset' | 'position';
  readonly ordinal?: number;
  /** The original bytes. */
  readonly raw: Uint8Array;
}

export interface DeadLetterOptions {
  /** Where they are kept, a JSON line each; absent: they are only counted and the first few are shown. */
  readonly sink?: ByteSink;
  /** More than this and the run fails; Infinity: never. */
  readonly max: number;
  /** The first one fails the run. */
  readonly strict: boolean;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}

const SHOWN = 3;
const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Counts, shows and keeps what did not fit. */
export class DeadLetters {
  readonly #options: DeadLetterOptions;
  #count = 0;
  #late = 0;
  #lines: string[] = [];
  #first: DeadLetter | undefined;

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

  add(letter: DeadLetter, late = false): void {
    if (late) {
      this.#late++;
    } else {
      this.#count++;
      this.#first ??= letter;
    }
    if (!late && this.#count <= SHOWN && !this.#options.strict) {
      this.#options.show(`${place(letter)}: ${letter.reason}`);
    }
    if (this.keeps) this.#lines.push(JSON.stringify(deadLetterRecord(letter)));
  }

  /** Writes what was added since the last call. */
  async write(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    await this.#options.sink?.write(Buffer.from(text));
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
    await this.write();
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

/** A record's place by the names of schemas/dead_letter.avsc: of a topic's record its topic, partition and offset. */
function placeOf(
  source: string,
  unit: DeadLetter['unit'],
  ordinal: number | undefined,
): Record<string, string | number> {
  if (unit === undefined || ordinal === undefined) return {};
  if (unit === 'line') return { line: ordinal };
  if (unit !== 'offset') return { [unit]: ordinal };
  const colon = source.lastIndexOf(':');
  return { topic: source.slice(0, colon), partition: Number(source.slice(colon + 1)), offset: ordinal };
}

/** A dead letter as a record of schemas/dead_letter.avsc. */
export function deadLetterRecord({ reason, source, unit, ordinal, raw }: DeadLetter): Record<string, string | number> {
  const where = { reason, source, ...placeOf(source, unit, ordinal) };
  const text = textOf(raw, unit);
  return text === undefined
    ? { ...where, raw: Buffer.from(raw).toString('base64'), rawEncoding: 'base64' }
    : { ...where, raw: text };
}

/** The text that bytes are; undefined where they are none, such as a topic's value of Avro behind its 0. */
function textOf(raw: Uint8Array, unit: DeadLetter['unit']): string | undefined {
  if (unit === 'offset' && raw[0] === 0) return undefined;
  try {
    return strictText.decode(raw);
  } catch {
    return undefined;
  }
}
