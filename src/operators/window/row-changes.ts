/** What has changed of the rows that an aggregate is made of, since it was asked for the last time. */
export class RowChanges {
  /** Entries whose primary key has a row of another group now. */
  moved: number[] = [];
  /** Those of them that are in no state any more, and are kept until they were told. */
  left: number[] = [];
  /** Entries that are in windows which go on, though another row has taken their place. */
  replaced: number[] = [];
  #keys: number[] = [];
  #isListed = new Uint8Array(16);

  /** A primary key has another row. */
  mark(key: number): void {
    if (key >= this.#isListed.length) {
      const larger = new Uint8Array(Math.max(key + 1, this.#isListed.length * 2));
      larger.set(this.#isListed);
      this.#isListed = larger;
    }
    if (this.#isListed[key] === 1) return;
    this.#isListed[key] = 1;
    this.#keys.push(key);
  }

  /** The primary keys that have another row, each once. */
  takeKeys(): number[] {
    const keys = this.#keys;
    for (const key of keys) this.#isListed[key] = 0;
    this.#keys = [];
    return keys;
  }
}
