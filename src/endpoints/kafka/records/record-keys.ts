import type { SplitRecords } from './record-splitter.js';

/** The key of a record; undefined: it has none. */
export function keyOf({ buffer, keyStarts, keyEnds }: SplitRecords, row: number): Uint8Array | undefined {
  return keyStarts[row] < 0 ? undefined : buffer.subarray(keyStarts[row], keyEnds[row]);
}

/** Tells of each topic that has records without a key, once. */
export class UnkeyedTopics {
  readonly #tell: ((topic: string) => void) | undefined;
  readonly #told = new Set<string>();

  constructor(tell: ((topic: string) => void) | undefined) {
    this.#tell = tell;
  }

  /** Looks at the first record of a batch: whoever writes without keys does so for all of it. */
  look(topic: string, { keyStarts, starts }: SplitRecords, first: number): void {
    if (keyStarts[first] >= 0 || starts[first] < 0 || this.#told.has(topic)) return;
    this.#told.add(topic);
    this.#tell?.(topic);
  }
}
