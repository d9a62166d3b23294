/** Ten frames a second at most, */
const BETWEEN_MS = 100;
/** one a second at least, for clocks and rates, */
const IDLE_MS = 1000;
/** and drawing takes this share of the time at most, however large the screen. */
const SHARE = 0.2;

/** Draws as often as is wanted and may be. */
export class Pace {
  #timer: NodeJS.Timeout | undefined;
  #drawn = Number.NEGATIVE_INFINITY;
  #rest = BETWEEN_MS;
  #stopped = false;

  constructor(
    readonly draw: () => void,
    readonly isChanged: () => boolean,
    readonly clock: () => number = () => performance.now(),
  ) {}

  start(): void {
    this.#later();
  }

  /** A key was pressed: as soon as it may be. */
  wanted(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#turn, Math.max(0, this.#drawn + this.#rest - this.clock()), true);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  readonly #turn = (isWanted: boolean): void => {
    const begun = this.clock();
    if (isWanted || this.isChanged() || begun - this.#drawn >= IDLE_MS) {
      this.draw();
      this.#drawn = this.clock();
      this.#rest = Math.max(BETWEEN_MS, (this.#drawn - begun) / SHARE);
    }
    this.#later();
  };

  #later(): void {
    if (!this.#stopped) this.#timer = setTimeout(this.#turn, this.#rest, false);
  }
}
