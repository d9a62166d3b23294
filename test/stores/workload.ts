import type { Harvest } from './store-model.js';

export interface Workload {
  readonly seed: number;
  readonly batches: number;
  readonly rows: number;
  readonly channels: number;
}

/** Harvests of some channels in an order that the seed decides: new, newer, older and equal ones. */
export function* workload({ seed, batches, rows, channels }: Workload): Generator<Harvest[]> {
  let state = seed >>> 0;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let batch = 0; batch < batches; batch++) {
    yield Array.from({ length: rows }, () => ({
      channel: `channel ${random(channels)}`,
      day: 1 + random(28),
      second: random(100),
      fraction: '',
      style: 'naive',
      subs: random(1000),
      note: null,
    }));
  }
}
