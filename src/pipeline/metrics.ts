/** What a run has done so far; `tick` shows it where somebody watches. */
export class Metrics {
  records = 0;
  rows = 0;
  states = 0;
  watermark: number | undefined;
  readonly started = performance.now();

  /** @param onTick told the time (performance.now()) again and again while the run goes on */
  constructor(readonly onTick: (now: number) => void = () => {}) {}

  tick(now: number): void {
    this.onTick(now);
  }
}
