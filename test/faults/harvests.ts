import fc from 'fast-check';
import type { Harvest } from './newest-rows.js';

/** Records in no order of time, of 61 channels and 10 days; a channel's are of several regions. */
export function harvests(seed: number, count: number): Harvest[] {
  const harvest = fc.record({
    yt_channel_id: fc.nat(60).map((channel) => `channel_${channel}`),
    harvest_ts: fc
      .tuple(fc.nat(9), fc.nat(23), fc.nat(59))
      .map(([day, hour, minute]) => `2017-08-${two(day + 1)}T${two(hour)}:${two(minute)}:00`),
    subs: fc.nat(1_000_000),
    region: fc.nat(6).map((region) => `region_${region}`),
  });
  return fc.sample(harvest, { seed, numRuns: count });
}

const two = (value: number): string => String(value).padStart(2, '0');
