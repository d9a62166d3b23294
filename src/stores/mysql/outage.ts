/** What is told of a server that is away: one line when the first session misses it, and one when all have it again. */
export class Outage {
  readonly #missing = new Set<unknown>();
  #since = 0;
  #over = '';

  constructor(
    readonly server: string,
    readonly tell: (sentence: string) => void = () => {},
  ) {}

  /** @param over what is told at its end: `is back` */
  begin(session: unknown, why: string, over: string): void {
    if (this.#missing.size === 0) {
      this.#since = Date.now();
      this.#over = over;
      this.tell(`${this.server} ${why}`);
    }
    this.#missing.add(session);
  }

  end(session: unknown): void {
    if (!this.#missing.delete(session) || this.#missing.size > 0) return;
    const seconds = Math.max(1, Math.round((Date.now() - this.#since) / 1000));
    this.tell(`${this.server} ${this.#over} after ${seconds} s`);
  }
}
