/** Sentences that may come by the thousand: each is told when it comes first, and at the end how often more. */
export class Tally {
  readonly #tell: (sentence: string) => void;
  readonly #more = new Map<string, number>();

  constructor(tell: (sentence: string) => void) {
    this.#tell = tell;
  }

  /** @param kind what it is counted under, where the sentence has details of its own */
  add(sentence: string, kind = sentence): void {
    const more = this.#more.get(kind);
    if (more === undefined) this.#tell(sentence);
    this.#more.set(kind, (more ?? -1) + 1);
  }

  /** Tells what was counted, and begins anew. */
  close(): void {
    for (const [kind, more] of this.#more) if (more > 0) this.#tell(`${kind} (${more} more)`);
    this.#more.clear();
  }
}
